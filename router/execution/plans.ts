import { operationFromDocument } from '@apollo/federation-internals'
import type { PlanNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner'
import { type DocumentNode, GraphQLError, type OperationDefinitionNode } from 'graphql'
import { filterOperation } from '../access/auth-filter.ts'
import { type Grants, meets, type Requirement } from '../access/auth-index.ts'
import { createLru, type Lru } from '../lru.ts'
import type { SchemaState } from '../schema/schema-state.ts'
import {
  type ConditionValues,
  type ConditionVariable,
  conditionValues,
  conditionVariables,
} from './conditions.ts'
import { fieldNamesOf, makePlannable, type Renamed } from './plannable.ts'
import { createVariants, type VariantOf } from './variants.ts'

/** A valid operation of a client, as it was sent. */
export interface PlannableOperation {
  /** Identifies the text of the whole document. */
  hash: string
  document: DocumentNode
  operation: OperationDefinitionNode
  operationName: string | undefined
  /** Those of `@skip` and `@include` decide what is planned. */
  variables: Readonly<Record<string, unknown>>
}

/** How an operation is run for callers with the same relevant grants. */
export interface Planned {
  /** Null when the caller may not ask for any part of it. */
  plan: QueryPlan | null
  /** Whom the plan may ask. */
  subgraphs: ReadonlySet<string>
  denied: readonly GraphQLError[]
  /** What to run, and what clients of a view see of it. */
  variantFor: VariantOf
  /** Names under which fields are fetched, where the client's own would mislead. */
  renamed: Renamed
}

/**
 * Plans are kept per operation and, within it, per combination of verdicts on the requirements that the operation
 * touches and what its conditions come to: callers share a plan exactly when they may see the same parts, and never
 * otherwise.
 */
interface OperationPlans {
  requirements: readonly Requirement[]
  conditions: readonly ConditionVariable[]
  variants: Lru<string, Planned>
}

export interface PlanCache {
  operations: Lru<string, OperationPlans>
  lookups: PlanLookups
}

/** How often a plan was remembered, and how often one had to be made. */
export interface PlanLookups {
  hits: number
  misses: number
}

const maxOperations = 1_000
const maxVariants = 32

/** @param lookups goes on counting, whatever generation of the supergraph the plans are for. */
export const createPlanCache = (lookups: PlanLookups = { hits: 0, misses: 0 }): PlanCache => ({
  operations: createLru(maxOperations),
  lookups,
})

/**
 * The plan for an operation under a caller's grants, from the cache if it is there.
 *
 * @throws BadUserInput when a variable of `@skip` or `@include` is null.
 */
export function planFor(state: SchemaState, operation: PlannableOperation, grants: Grants): Planned {
  const key = `${operation.hash}\n${operation.operationName ?? ''}`
  const { operations, lookups } = state.plans
  let known = operations.get(key)
  if (!known) {
    known = {
      requirements: requirementsOf(state, operation),
      conditions: conditionVariables(operation.document, operation.operation),
      variants: createLru(maxVariants),
    }
    operations.set(key, known)
  }
  const verdicts = known.requirements.map((requirement) => (meets(requirement, grants) ? '1' : '0')).join('')
  const values = conditionValues(known.conditions, operation.variables)
  const variant = values.size === 0 ? verdicts : `${verdicts} ${[...values.values()].join()}`
  const hit = known.variants.get(variant)
  if (hit) {
    lookups.hits += 1
    return hit
  }
  lookups.misses += 1
  const planned = plan(state, operation, grants, values)
  known.variants.set(variant, planned)
  return planned
}

function plan(
  state: SchemaState,
  { document, operation, operationName }: PlannableOperation,
  grants: Grants,
  values: ConditionValues,
): Planned {
  const filtered =
    state.authIndex.size === 0
      ? { document, denied: [] }
      : filterOperation({
          schema: state.schema,
          index: state.authIndex,
          document,
          operation,
          allows: (requirement) => meets(requirement, grants),
        })
  const plannable =
    filtered.document && makePlannable(filtered.document, values, fieldNamesOf(state.supergraphSchema))
  const made =
    plannable &&
    state.planner.buildQueryPlan(
      operationFromDocument(state.apiSchema, plannable.document, {
        validate: false,
        ...(operationName === undefined ? {} : { operationName }),
      }),
    )
  const renamed: Renamed = plannable?.renamed ?? new Map()
  return {
    plan: made,
    variantFor: createVariants({
      supergraphSchema: state.supergraphSchema,
      document,
      operation,
      values,
      renamed,
      plan: made?.node,
    }),
    renamed,
    subgraphs: new Set(made?.node ? servicesOf(made.node) : []),
    denied: filtered.denied.map(
      (path) =>
        new GraphQLError('Unauthorized field or type', {
          path,
          extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
        }),
    ),
  }
}

function servicesOf(node: PlanNode | SubscriptionNode): string[] {
  switch (node.kind) {
    case 'Fetch':
      return [node.serviceName]
    case 'Flatten':
      return servicesOf(node.node)
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(servicesOf)
    case 'Condition':
      return [node.ifClause, node.elseClause].flatMap((clause) => (clause ? servicesOf(clause) : []))
    default:
      // Deferred parts and subscriptions are no part of a mutation.
      return []
  }
}

/** Every requirement that any caller's filtering of this operation could ask about. */
function requirementsOf(state: SchemaState, { document, operation }: PlannableOperation): Requirement[] {
  if (state.authIndex.size === 0) return []
  const touched = new Set<Requirement>()
  filterOperation({
    schema: state.schema,
    index: state.authIndex,
    document,
    operation,
    allows: (requirement) => {
      touched.add(requirement)
      return true
    },
  })
  return [...touched]
}
