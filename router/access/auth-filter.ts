import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'
import type { AuthIndex, Requirement } from './auth-index.ts'

/** Where something was removed: response keys, `@` for a list, `... on T` for a fragment; empty for the whole operation. */
export type DeniedPath = readonly string[]

export interface FilteredOperation {
  /** The operation without what the caller may not ask for; null when nothing is left. */
  document: DocumentNode | null
  denied: readonly DeniedPath[]
}

export interface FilterInput {
  schema: GraphQLSchema
  index: AuthIndex
  document: DocumentNode
  operation: OperationDefinitionNode
  /** Asked for the requirements met on the way; when it always agrees, for all that the operation touches. */
  allows(requirement: Requirement): boolean
}

/** A fragment that is spread often is denied as often: enough paths to understand, not enough to exhaust memory. */
const maxDeniedPaths = 100

/**
 * Removes from a valid operation what the caller's grants do not cover, before it is planned, with the semantics that
 * Apollo Router documents for `@authenticated`, `@requiresScopes` and `@policy`:
 * a field goes when it or the type it returns is denied, a fragment when its type condition is, the operation when its
 * root type is. On an interface, plain fields are judged by every type that implements it; `__typename` and typed
 * fragments stay and are judged on their own. A field whose selection became empty goes silently.
 */
export function filterOperation(input: FilterInput): FilteredOperation {
  const { schema, index, document, operation } = input
  const allowed = (coordinate: string) => {
    const requirement = index.get(coordinate)
    return !requirement || input.allows(requirement)
  }
  const fieldAllowed = (type: GraphQLObjectType, name: string, returned: string) =>
    allowed(`${type.name}.${name}`) && allowed(returned)
  const implementers = (type: GraphQLNamedType | undefined): readonly GraphQLObjectType[] =>
    isInterfaceType(type) ? schema.getImplementations(type).objects : []

  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const filteredFragments = new Map<string, Filtered<SelectionSetNode>>()

  /** Each fragment is filtered once: nested spreads would otherwise cost exponential time. */
  function filterFragment(name: string): Filtered<SelectionSetNode> {
    const known = filteredFragments.get(name)
    if (known) return known
    const fragment = fragments.get(name)
    if (!fragment) throw new Error(`fragment ${name} is not defined`)
    const type = fragment.typeCondition.name.value
    const filtered = allowed(type) ? filterSet(type, fragment.selectionSet) : refused([`... on ${type}`])
    const located = allowed(type) ? under([`... on ${type}`], filtered) : filtered
    filteredFragments.set(name, located)
    return located
  }

  function filterSelection(parent: string, selection: SelectionNode): Filtered<SelectionNode> {
    if (selection.kind === Kind.FIELD) return filterField(parent, selection)
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const { node, denied } = filterFragment(selection.name.value)
      return { node: node && selection, denied }
    }
    const condition = selection.typeCondition?.name.value
    const step = [condition ? `... on ${condition}` : '...']
    if (condition && !allowed(condition)) return refused(step)
    const { node, denied } = under(step, filterSet(condition ?? parent, selection.selectionSet))
    return { node: node && { ...selection, selectionSet: node }, denied }
  }

  function filterField(parent: string, field: FieldNode): Filtered<FieldNode> {
    const name = field.name.value
    const parentType = schema.getType(parent)
    const definition =
      isObjectType(parentType) || isInterfaceType(parentType) ? parentType.getFields()[name] : undefined
    // Introspection is not filtered.
    if (name.startsWith('__') || !definition) return { node: field, denied: [] }

    const returned = getNamedType(definition.type)
    const key = field.alias?.value ?? name
    const step = isList(definition.type) ? [key, '@'] : [key]
    const deniedHere =
      (isObjectType(parentType) && !allowed(`${parent}.${name}`)) ||
      !allowed(returned.name) ||
      implementers(parentType).some((type) => {
        const own = type.getFields()[name]
        return !allowed(type.name) || (own && !fieldAllowed(type, name, getNamedType(own.type).name))
      }) ||
      (hasPlainFields(field) && implementers(returned).some((type) => !allowed(type.name)))
    if (deniedHere) return refused(step)
    if (!field.selectionSet) return { node: field, denied: [] }
    const { node, denied } = under(step, filterSet(returned.name, field.selectionSet))
    return { node: node && { ...field, selectionSet: node }, denied }
  }

  function filterSet(parent: string, set: SelectionSetNode): Filtered<SelectionSetNode> {
    const results = set.selections.map((selection) => filterSelection(parent, selection))
    const selections = results.flatMap(({ node }) => (node ? [node] : []))
    const denied = results.flatMap((result) => result.denied).slice(0, maxDeniedPaths)
    return { node: selections.length > 0 ? { ...set, selections } : null, denied }
  }

  const root = schema.getRootType(operation.operation)
  if (!root || !allowed(root.name)) return { document: null, denied: [[]] }
  const { node, denied } = filterSet(root.name, operation.selectionSet)
  if (denied.length === 0) return { document, denied }
  if (!node) return { document: null, denied }
  const kept = new Map<string, FragmentDefinitionNode>()
  for (const [name, { node: selectionSet }] of filteredFragments) {
    const fragment = fragments.get(name)
    if (fragment && selectionSet) kept.set(name, { ...fragment, selectionSet })
  }
  return { document: withoutUnused({ ...operation, selectionSet: node }, kept), denied }
}

interface Filtered<Node> {
  node: Node | null
  denied: readonly DeniedPath[]
}

const refused = (path: DeniedPath): Filtered<never> => ({ node: null, denied: [path] })

const under = <Node>(step: DeniedPath, { node, denied }: Filtered<Node>): Filtered<Node> => ({
  node,
  denied: denied.map((path) => [...step, ...path]),
})

const isList = (type: GraphQLOutputType): boolean =>
  isListType(type) || (isNonNullType(type) && isList(type.ofType))

const hasPlainFields = (field: FieldNode): boolean =>
  field.selectionSet?.selections.some(
    (selection) => selection.kind === Kind.FIELD && !selection.name.value.startsWith('__'),
  ) ?? false

/** Validation would refuse fragments and variables that the removal left without use. */
function withoutUnused(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): DocumentNode {
  const usedFragments = new Map<string, FragmentDefinitionNode>()
  const usedVariables = new Set<string>()
  const collect = (node: OperationDefinitionNode | FragmentDefinitionNode) => {
    visit(node, {
      VariableDefinition: () => false,
      Variable: ({ name }) => void usedVariables.add(name.value),
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value)
        if (!fragment || usedFragments.has(name.value)) return
        usedFragments.set(name.value, fragment)
        collect(fragment)
      },
    })
  }
  collect(operation)
  const variableDefinitions = operation.variableDefinitions?.filter(({ variable }) =>
    usedVariables.has(variable.name.value),
  )
  return {
    kind: Kind.DOCUMENT,
    definitions: [
      { ...operation, variableDefinitions: variableDefinitions ?? [] },
      ...usedFragments.values(),
    ],
  }
}
