import { type ExecutionResult, GraphQLError, getVariableValues, OperationTypeNode } from 'graphql'
import type { SchemaView } from '../schema/views.ts'
import { type PlannableOperation, planFor } from './plans.ts'
import type { RequestContext } from './request-context.ts'
import { type ExecutionLogger, runOperation } from './run-operation.ts'

/** Executes a valid query or mutation. @throws GraphQLError when it cannot even be planned. */
export type Execute = (
  view: SchemaView,
  operation: PlannableOperation,
  context: RequestContext,
) => Promise<ExecutionResult>

/**
 * Executes what the caller may ask for and shapes the answer by what was asked: the plan is made of the filtered
 * operation, the shape of the original one, so that whatever was removed becomes null with normal propagation.
 */
export function createExecutor(logger: ExecutionLogger): Execute {
  return async (view, asked, context) => {
    const { operation, variables } = asked
    const isMutation = operation.operation === OperationTypeNode.MUTATION
    if (isMutation) context.scope.protect()
    const wrong = variableErrors(view, asked)
    if (wrong) return { errors: wrong }
    const planned = planFor(view.state, asked, context.caller.grants)
    if (!planned.plan) return { data: null, errors: planned.denied }
    const result = await runOperation(planned, { view, variables, context }, logger)
    if (isMutation) context.caller.mutated?.(planned.subgraphs)
    return withDenied(result, planned.denied)
  }
}

/** What is wrong with the variables, as the view sees them; undefined: nothing. */
export function variableErrors(
  { schema }: SchemaView,
  { operation: { variableDefinitions = [] }, variables }: PlannableOperation,
): readonly GraphQLError[] | undefined {
  if (variableDefinitions.length === 0) return undefined
  return getVariableValues(schema, variableDefinitions, variables).errors?.map(
    (error) =>
      new GraphQLError(error.message, {
        nodes: error.nodes ?? null,
        extensions: { code: 'BAD_USER_INPUT' },
        originalError: error,
      }),
  )
}

/** What the caller may not see is told beside what went wrong. */
export const withDenied = (
  { data, errors }: ExecutionResult,
  denied: readonly GraphQLError[],
): ExecutionResult => {
  const all = [...(errors ?? []), ...denied]
  return { data: data ?? null, ...(all.length > 0 ? { errors: all } : {}) }
}
