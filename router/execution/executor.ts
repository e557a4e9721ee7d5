import { buildOperationContext, executeQueryPlan } from '@apollo/gateway'
import type {
  GatewayExecutionResult,
  GatewayExecutor,
  GatewayGraphQLRequestContext,
} from '@apollo/server-gateway-interface'
import { GraphQLError, getVariableValues } from 'graphql'
import type { SchemaDelivery } from '../schema/schema-state.ts'
import type { SchemaView } from '../schema/views.ts'
import { planFor } from './plans.ts'
import type { RequestContext } from './request-context.ts'

/**
 * Executes what the caller may ask for and shapes the answer by what was asked: the plan is made of the filtered
 * operation, the operation context of the original one, so that whatever was removed becomes null with normal
 * propagation.
 */
export function createExecutor(viewOf: SchemaDelivery['viewOf']): GatewayExecutor {
  return async (request) => {
    const view = viewOf(request.schema)
    const { state } = view
    const { operation, document, queryHash } = request
    // Apollo Server has no operation when none or several match; it turns this into its own error.
    if (!operation)
      return { errors: [new GraphQLError('The operation to run cannot be told from the document.')] }
    const context = request.context as RequestContext
    if (operation.operation === 'mutation') context.scope.protect()

    const operationName = request.request.operationName ?? undefined
    const variables = request.request.variables ?? {}
    const { errors } = getVariableValues(view.schema, operation.variableDefinitions ?? [], variables)
    if (errors) return { errors }

    const planned = planFor(
      state,
      { hash: queryHash, document, operation, operationName },
      context.caller.grants,
    )
    if (!planned.plan) return { data: null, errors: planned.denied }
    const result = await runPlan(view, planned.plan, request, operationName)
    if (operation.operation === 'mutation') context.caller.mutated?.(planned.subgraphs)
    if (planned.denied.length === 0) return result
    return { data: result.data ?? null, errors: [...(result.errors ?? []), ...planned.denied] }
  }
}

type QueryPlan = Parameters<typeof executeQueryPlan>[0]

/** What the gateway reads of a request; subscriptions make one per event. */
export type PlanRequest = Pick<
  GatewayGraphQLRequestContext,
  'request' | 'context' | 'document' | 'logger' | 'metrics'
>

/** Runs a plan; `services` replaces the data sources where a subscription feeds its own event in. */
export async function runPlan(
  view: SchemaView,
  plan: QueryPlan,
  request: PlanRequest,
  operationName: string | undefined,
  services = view.state.services,
): Promise<GatewayExecutionResult> {
  const operationContext = buildOperationContext({
    schema: view.schema,
    operationDocument: request.document,
    ...(operationName === undefined ? {} : { operationName }),
  })
  const { data, errors, extensions } = await executeQueryPlan(
    plan,
    services,
    request as GatewayGraphQLRequestContext,
    operationContext,
    view.state.supergraphSchema,
    view.shape(),
  )
  // Not for clients: nulls that a subgraph sent where its schema promises a value (often a reference to nothing).
  if (extensions?.valueCompletion) request.logger.debug(extensions)
  return { ...(data === undefined ? {} : { data }), ...(errors ? { errors } : {}) }
}
