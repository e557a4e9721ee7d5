import { buildOperationContext, executeQueryPlan } from '@apollo/gateway'
import type {
  GatewayExecutionResult,
  GatewayExecutor,
  GatewayGraphQLRequestContext,
  GatewayInterface,
} from '@apollo/server-gateway-interface'
import { GraphQLError, getVariableValues } from 'graphql'
import type { GuildGateway } from '../schema/gateway.ts'
import type { SchemaState } from '../schema/schema-state.ts'
import { planFor } from './plans.ts'
import type { RequestContext } from './request-context.ts'

/** The gateway as Apollo Server sees it: Apollo's life cycle with our executor. */
export function secureGateway(gateway: GuildGateway, state: () => SchemaState): GatewayInterface {
  return {
    onSchemaLoadOrUpdate: (callback) => gateway.onSchemaLoadOrUpdate(callback),
    async load(options) {
      await gateway.load(options)
      return { executor: createExecutor(state) }
    },
    stop: () => gateway.stop(),
  }
}

/**
 * Executes what the caller may ask for and shapes the answer by what was asked: the plan is made of the filtered
 * operation, the operation context of the original one, so that whatever was removed becomes null with normal
 * propagation.
 */
function createExecutor(stateNow: () => SchemaState): GatewayExecutor {
  return async (request) => {
    const state = stateNow()
    const { operation, document, queryHash } = request
    // Apollo Server has no operation when none or several match; it turns this into its own error.
    if (!operation)
      return { errors: [new GraphQLError('The operation to run cannot be told from the document.')] }
    const context = request.context as RequestContext
    if (operation.operation === 'mutation') context.scope.protect()

    const operationName = request.request.operationName ?? undefined
    const variables = request.request.variables ?? {}
    const { errors } = getVariableValues(state.schema, operation.variableDefinitions ?? [], variables)
    if (errors) return { errors }

    const planned = planFor(
      state,
      { hash: queryHash, document, operation, operationName },
      context.caller.grants,
    )
    if (!planned.plan) return { data: null, errors: planned.denied }
    const result = await runPlan(state, planned.plan, request, operationName)
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
  state: SchemaState,
  plan: QueryPlan,
  request: PlanRequest,
  operationName: string | undefined,
  services = state.services,
): Promise<GatewayExecutionResult> {
  const operationContext = buildOperationContext({
    schema: state.schema,
    operationDocument: request.document,
    ...(operationName === undefined ? {} : { operationName }),
  })
  const { data, errors, extensions } = await executeQueryPlan(
    plan,
    services,
    request as GatewayGraphQLRequestContext,
    operationContext,
    state.supergraphSchema,
    state.apiSchema,
  )
  // Not for clients: nulls that a subgraph sent where its schema promises a value (often a reference to nothing).
  if (extensions?.valueCompletion) request.logger.debug(extensions)
  return { ...(data === undefined ? {} : { data }), ...(errors ? { errors } : {}) }
}
