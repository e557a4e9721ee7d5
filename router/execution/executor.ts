import type { GatewayExecutionResult, GatewayExecutor } from '@apollo/server-gateway-interface'
import { type ExecutionResult, GraphQLError, getVariableValues } from 'graphql'
import type { SchemaDelivery } from '../schema/schema-state.ts'
import { planFor } from './plans.ts'
import type { RequestContext } from './request-context.ts'
import { runOperation } from './run-operation.ts'

/**
 * Executes what the caller may ask for and shapes the answer by what was asked: the plan is made of the filtered
 * operation, the shape of the original one, so that whatever was removed becomes null with normal propagation.
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
    const definitions = operation.variableDefinitions ?? []
    if (definitions.length > 0) {
      const { errors } = getVariableValues(view.schema, definitions, variables)
      if (errors) return { errors }
    }

    const planned = planFor(
      state,
      { hash: queryHash, document, operation, operationName, variables },
      context.caller.grants,
    )
    if (!planned.plan) return { data: null, errors: planned.denied }
    const options = { view, variables, context }
    const result = await runOperation(planned, options, request.logger)
    if (operation.operation === 'mutation') context.caller.mutated?.(planned.subgraphs)
    return withDenied(result, planned.denied)
  }
}

/** What the caller may not see is told beside what went wrong. */
export const withDenied = (
  { data, errors }: ExecutionResult,
  denied: readonly GraphQLError[],
): GatewayExecutionResult => {
  const all = [...(errors ?? []), ...denied]
  return { data: data ?? null, ...(all.length > 0 ? { errors: all } : {}) }
}
