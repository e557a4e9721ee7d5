import type { PlanNode, SubscriptionNode } from '@apollo/query-planner'
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { createLru, type Lru } from '../lru.ts'
import { compileShape } from './compile-shape.ts'
import { type ConditionValues, conditionValues, conditionVariables } from './conditions.ts'
import { planSteps } from './plan-steps.ts'
import { type PlannedRequest, planRequests } from './requests.ts'
import type { ObjectShape } from './shape.ts'

/** An operation ready to be run: what to ask whom, and what becomes of the answers. */
export interface Variant {
  requests: readonly PlannedRequest[]
  shape: ObjectShape
}

/**
 * Gives the variant for the variables of a request.
 *
 * @param schema the API as the client sees it.
 * @throws BadUserInput when a variable of `@skip` or `@include` is null.
 */
export type VariantOf = (schema: GraphQLSchema, variables: Readonly<Record<string, unknown>>) => Variant

export interface VariantSource {
  supergraphSchema: GraphQLSchema
  /** As the client sent it: what was removed from the plan shows as null. */
  document: DocumentNode
  operation: OperationDefinitionNode
  plan: PlanNode | SubscriptionNode | undefined
}

/** Each variable of `@skip` and `@include` doubles the possible cases; those in use are few. */
const maxVariants = 32

/**
 * Prepares variants when they are first asked for. With `@skip` and `@include` decided beforehand, what runs has no
 * conditions left: fetches merge across them, and the shape is plain.
 */
export function createVariants(source: VariantSource): VariantOf {
  const conditions = conditionVariables(source.document, source.operation, source.plan)
  const known = new Map<GraphQLSchema, Lru<string, Variant>>()
  return (schema, variables) => {
    const values = conditionValues(conditions, variables)
    const key = conditions.length === 0 ? '' : [...values.values()].join()
    const ofView = known.get(schema) ?? createLru<string, Variant>(maxVariants)
    const hit = ofView.get(key)
    if (hit) return hit
    const variant = compileVariant(source, schema, values)
    ofView.set(key, variant)
    // As few as there are views of one generation of the supergraph.
    known.set(schema, ofView)
    return variant
  }
}

function compileVariant(
  { plan, supergraphSchema, ...written }: VariantSource,
  schema: GraphQLSchema,
  values: ConditionValues,
): Variant {
  const steps = planSteps(plan, values)
  return {
    requests: planRequests(supergraphSchema, steps),
    shape: compileShape({ ...written, schema, values }),
  }
}
