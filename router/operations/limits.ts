import { type DocumentNode, GraphQLError, Kind, OperationTypeNode } from 'graphql'
import { countOverlaps, createTallies, FragmentCycle, isMeasured, type Tally } from './selections.ts'

/** How large an operation may be, whoever sends it. Counted after fragments are expanded. */
export interface OperationLimits {
  /** Names, numbers, brackets and so on of the whole document. */
  tokens: number
  /** Levels of fields. */
  depth: number
  aliases: number
  /** Fields of the outermost level, for queries and subscriptions; each is a request of its own to some subgraph. */
  queryRoots: number
  mutationRoots: number
  fields: number
  directives: number
  /** Levels of lists and objects in the variables. */
  variablesDepth: number
  /** Items that may be asked for at once, in arguments that the schema names in `@listSize(slicingArguments:)`. */
  pageSize: number
}

export const defaultLimits: OperationLimits = {
  tokens: 2_000,
  depth: 12,
  aliases: 30,
  queryRoots: 20,
  mutationRoots: 5,
  fields: 500,
  directives: 50,
  variablesDepth: 20,
  pageSize: 100,
}

/** Tools follow lists of non-null lists down to a type; what goes in circles is refused by GraphQL's own rule. */
const introspectionDepth = 20

/** Some fifty components that each ask for the same field of one object stay below. */
const maxOverlaps = 2_000

/** Most errors that one answer lists, with the one by which GraphQL says that there are more. */
export const maxErrors = 5

/**
 * What is too large about a document; empty if nothing is. Asked before validation, whose work grows faster than the
 * document does.
 */
export function findExcess(document: DocumentNode, limits: OperationLimits): readonly GraphQLError[] {
  try {
    const tallyOf = createTallies(document)
    const excess = document.definitions.filter(isMeasured).flatMap((definition) => {
      const tally = tallyOf(definition)
      const found =
        definition.kind === Kind.OPERATION_DEFINITION
          ? operationExcess(tally, definition.operation, limits)
          : fieldExcess(tally, limits)
      if (found.length > 0 || countOverlaps(document, definition) <= maxOverlaps) return found
      return [refusal('MAX_FIELDS_LIMIT', 'The operation selects the same fields too often.')]
    })
    return excess.slice(0, maxErrors - 1)
  } catch (error) {
    if (!(error instanceof FragmentCycle)) throw error
    return [refusal('GRAPHQL_VALIDATION_FAILED', `The fragment "${error.message}" spreads itself.`)]
  }
}

type Check = [code: string, what: string, count: number, limit: number]

function operationExcess(
  tally: Tally,
  kind: OperationTypeNode,
  limits: OperationLimits,
): readonly GraphQLError[] {
  const roots = kind === OperationTypeNode.MUTATION ? limits.mutationRoots : limits.queryRoots
  const checks: Check[] = [
    ['MAX_DEPTH_LIMIT', 'levels of fields', tally.depth, limits.depth],
    ['MAX_DEPTH_LIMIT', 'levels of introspection', tally.introspection.depth, introspectionDepth],
    ['MAX_ALIASES_LIMIT', 'aliases', tally.aliases, limits.aliases],
    ['MAX_ROOT_FIELDS_LIMIT', 'root fields', tally.roots, roots],
    ['MAX_DIRECTIVES_LIMIT', 'directives', tally.directives, limits.directives],
  ]
  return [...refusals(checks), ...fieldExcess(tally, limits)]
}

/** All that counts for a fragment, which is bounded by the operation that spreads it, unless none does. */
const fieldExcess = ({ fields, introspection }: Tally, limits: OperationLimits): readonly GraphQLError[] =>
  refusals([
    ['MAX_FIELDS_LIMIT', 'fields', fields, limits.fields],
    ['MAX_FIELDS_LIMIT', 'fields of introspection', introspection.fields, limits.fields],
  ])

const refusals = (checks: readonly Check[]): GraphQLError[] =>
  checks
    .filter(([, , count, limit]) => count > limit)
    .map(([code, what, , limit]) => refusal(code, `The operation has more than ${limit} ${what}.`))

const refusal = (code: string, message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code } })

/** Whether JSON is nested deeper than allowed; looks no deeper than that. */
export const isDeeperThan = (levels: number, value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof inner === 'object' && isDeeperThan(levels - 1, inner)) return true
  }
  return false
}
