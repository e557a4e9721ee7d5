import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import type { PlannableOperation } from '../execution/plans.ts'
import type { SchemaState } from '../schema/schema-state.ts'
import type { CacheHint, CacheScope } from './hints.ts'

/** For how long an answer is good, and for whom. */
export interface CachePolicy {
  /** 0: not to be kept. */
  readonly maxAgeSeconds: number
  /** PUBLIC: the answer is the same whoever asks, as far as the schema's hints promise. */
  readonly scope: CacheScope
}

export const neverKept: CachePolicy = { maxAgeSeconds: 0, scope: 'PRIVATE' }

/**
 * How the answer of a valid operation may be kept, by its text alone, with the rules that Apollo Server documents: the
 * hint of a field wins over that of the type it returns; root fields and fields that return objects are worth 0 seconds
 * without one; others follow their parent; the shortest age and the narrowest scope of all fields count. Stricter than
 * those rules: without a hint nothing is public, and neither is what a caller needs rights for.
 */
export function cachePolicyOf(
  state: SchemaState,
  operation: Omit<PlannableOperation, 'variables'>,
): CachePolicy {
  const key = `${operation.hash}\n${operation.operationName ?? ''}`
  const known = state.cachePolicies.get(key)
  if (known) return known
  const policy = computePolicy(state, operation)
  state.cachePolicies.set(key, policy)
  return policy
}

function computePolicy(
  state: SchemaState,
  { document, operation }: Pick<PlannableOperation, 'document' | 'operation'>,
): CachePolicy {
  const { schema, cacheHints, authIndex } = state
  if (cacheHints.size === 0) return neverKept
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  )
  const walked = new Set<string>()
  let maxAge = Number.POSITIVE_INFINITY
  let scope: CacheScope = 'PUBLIC'
  const restrict = (hint: CacheHint) => {
    maxAge = Math.min(maxAge, hint.maxAge ?? maxAge)
    if (hint.scope === 'PRIVATE') scope = 'PRIVATE'
  }
  const needsRights = (type: GraphQLNamedType, field?: string): boolean =>
    authIndex.has(type.name) ||
    (field !== undefined && authIndex.has(`${type.name}.${field}`)) ||
    (isAbstractType(type) && schema.getPossibleTypes(type).some((member) => needsRights(member, field)))

  /** Whoever may stand in for an abstract type may be worth less than it. */
  const restrictByMembers = (type: GraphQLNamedType, field?: string) => {
    if (!isAbstractType(type)) return
    for (const { name } of schema.getPossibleTypes(type)) {
      restrict(cacheHints.get(field === undefined ? name : `${name}.${field}`) ?? {})
    }
  }
  const visitField = (parent: GraphQLNamedType, node: FieldNode, isRoot: boolean) => {
    const name = node.name.value
    if (name === '__typename') return
    const field = fieldOf(parent, name)
    // Introspection.
    if (!field) return restrict({ maxAge: 0, scope: 'PRIVATE' })
    const returned = getNamedType(field.type)
    if (needsRights(parent, name) || needsRights(returned)) scope = 'PRIVATE'
    restrictByMembers(parent, name)
    restrictByMembers(returned)
    const own = cacheHints.get(`${parent.name}.${name}`) ?? {}
    const ofType = cacheHints.get(returned.name) ?? {}
    restrict(hintOfField({ own, ofType, isRoot, isLeaf: !isCompositeType(returned) }))
    if (node.selectionSet) visitSet(returned, node.selectionSet, false)
  }
  const visitSet = (parent: GraphQLNamedType, set: SelectionSetNode, isRoot: boolean) => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        visitField(parent, selection, isRoot)
        continue
      }
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
      if (!fragment) continue
      // Nested spreads would otherwise cost exponential time.
      if (fragment.kind === Kind.FRAGMENT_DEFINITION) {
        const key = `${isRoot} ${fragment.name.value}`
        if (walked.has(key)) continue
        walked.add(key)
      }
      const condition = schema.getType(fragment.typeCondition?.name.value ?? '') ?? parent
      if (needsRights(condition)) scope = 'PRIVATE'
      visitSet(condition, fragment.selectionSet, isRoot)
    }
  }

  const root = schema.getRootType(operation.operation)
  if (!root) return neverKept
  if (needsRights(root)) scope = 'PRIVATE'
  visitSet(root, operation.selectionSet, true)
  // Nothing but `__typename` was asked for.
  if (maxAge === Number.POSITIVE_INFINITY) return neverKept
  return { maxAgeSeconds: maxAge, scope }
}

interface FieldHints {
  own: CacheHint
  ofType: CacheHint
  isRoot: boolean
  isLeaf: boolean
}

function hintOfField({ own, ofType, isRoot, isLeaf }: FieldHints): CacheHint {
  const { maxAge, scope } = { ...ofType, ...own }
  const isWorthTheParent = !isRoot && (isLeaf || own.inheritMaxAge || ofType.inheritMaxAge)
  if (maxAge !== undefined || isWorthTheParent) {
    return { ...(maxAge === undefined ? {} : { maxAge }), ...(scope ? { scope } : {}) }
  }
  return { maxAge: 0, scope: scope ?? 'PRIVATE' }
}

const fieldOf = (type: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | undefined =>
  isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined
