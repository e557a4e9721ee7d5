import {
  type ASTNode,
  BREAK,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  parse,
  print,
  validate,
  visit,
} from 'graphql'
import type { RandomOperation } from './random-operation.ts'

/** Leaves out of an operation whatever is not needed to keep it failing: one selection or directive after the other. */
export async function shrink(
  schema: GraphQLSchema,
  operation: RandomOperation,
  fails: (operation: RandomOperation) => Promise<boolean>,
): Promise<RandomOperation> {
  let smallest = operation
  for (let at = 0; ; ) {
    const document = without(parse(smallest.query), at)
    if (!document) return smallest
    const candidate = {
      ...smallest,
      query: print(document),
      variables: declaredOnly(document, smallest.variables),
    }
    if (isValid(schema, candidate.query) && (await fails(candidate))) smallest = candidate
    else at++
  }
}

/** What has lost all its selections cannot be parsed. */
function isValid(schema: GraphQLSchema, query: string): boolean {
  try {
    return validate(schema, parse(query)).length === 0
  } catch {
    return false
  }
}

/** The document without its nth removable part; undefined when there are not so many. */
function without(document: DocumentNode, index: number): DocumentNode | undefined {
  let seen = -1
  const remove = () => {
    seen++
    return seen === index ? null : undefined
  }
  const removed = visit(document, {
    [Kind.FIELD]: remove,
    [Kind.INLINE_FRAGMENT]: remove,
    [Kind.FRAGMENT_SPREAD]: remove,
    [Kind.DIRECTIVE]: remove,
    [Kind.ARGUMENT]: remove,
  })
  return seen < index ? undefined : withoutUnused(removed)
}

/** Fragments and variables that nobody uses any more make a document invalid. */
function withoutUnused(document: DocumentNode): DocumentNode {
  return visit(document, {
    [Kind.FRAGMENT_DEFINITION]: (node) => {
      const isUsed = contains(
        document,
        (other) => other.kind === Kind.FRAGMENT_SPREAD && other.name.value === node.name.value,
      )
      return isUsed ? undefined : null
    },
    [Kind.VARIABLE_DEFINITION]: (node) => {
      const name = node.variable.name.value
      const isUsed = contains(
        document,
        (other, parent) =>
          other.kind === Kind.VARIABLE &&
          other.name.value === name &&
          parent?.kind !== Kind.VARIABLE_DEFINITION,
      )
      return isUsed ? undefined : null
    },
  })
}

function contains(
  document: DocumentNode,
  matches: (node: ASTNode, parent: ASTNode | undefined) => boolean,
): boolean {
  let found = false
  visit(document, {
    enter(node, _key, parent) {
      if (!matches(node, parent && !Array.isArray(parent) ? (parent as ASTNode) : undefined)) return undefined
      found = true
      return BREAK
    },
  })
  return found
}

function declaredOnly(document: DocumentNode, variables: Record<string, unknown>): Record<string, unknown> {
  const names = new Set<string>()
  visit(document, { [Kind.VARIABLE_DEFINITION]: (node) => void names.add(node.variable.name.value) })
  return Object.fromEntries(Object.entries(variables).filter(([name]) => names.has(name)))
}
