import type { PlanNode, SubscriptionNode } from '@apollo/query-planner'
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { compileShape } from './compile-shape.ts'
import type { ConditionValues } from './conditions.ts'
import { planSteps } from './plan-steps.ts'
import type { Renamed } from './plannable.ts'
import { type PlannedRequest, planRequests } from './requests.ts'
import type { ObjectShape } from './shape.ts'

/** An operation ready to be run: what to ask whom, and what becomes of the answers. */
export interface Variant {
  requests: readonly PlannedRequest[]
  shape: ObjectShape
}

/**
 * Gives the variant for a view.
 *
 * @param schema the API as the client sees it.
 */
export type VariantOf = (schema: GraphQLSchema) => Variant

export interface VariantSource {
  supergraphSchema: GraphQLSchema
  /** As the client sent it: what was removed from the plan shows as null. */
  document: DocumentNode
  operation: OperationDefinitionNode
  /** What `@skip` and `@include` come to. */
  values: ConditionValues
  renamed: Renamed
  plan: PlanNode | SubscriptionNode | undefined
}

/** Prepares what runs once, and the shape of the answer for each view when it is first asked for. */
export function createVariants({ plan, supergraphSchema, ...written }: VariantSource): VariantOf {
  const requests = planRequests(supergraphSchema, planSteps(plan, written.values))
  // As few as there are views of one generation of the supergraph.
  const known = new Map<GraphQLSchema, Variant>()
  return (schema) => {
    const hit = known.get(schema)
    if (hit) return hit
    const variant = { requests, shape: compileShape({ ...written, schema }) }
    known.set(schema, variant)
    return variant
  }
}
