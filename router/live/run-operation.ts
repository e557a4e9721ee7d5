import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql'
import { type ResolvedCaller, requestContext } from '../execution/request-context.ts'
import type { RequestScope } from '../execution/request-scope.ts'
import type { Operations } from '../operations/operations.ts'
import type { Prepared } from './prepare.ts'

/** Runs a query or mutation as if it had come over HTTP; its errors are masked there. */
export async function runOperation(
  operations: Operations,
  { request, query, view }: Prepared,
  caller: ResolvedCaller,
  scope: RequestScope,
): Promise<ExecutionResult> {
  const { operationName, variables, requestId, trace } = request
  const context = requestContext(caller, requestId, scope, trace)
  const { result } = await operations.run(view, { query, operationName, variables }, context)
  return result as ExecutionResult
}

/** A result as its receiver may see it. */
export const maskResult = (
  { data, errors }: ExecutionResult,
  mask: (errors: readonly unknown[]) => readonly GraphQLFormattedError[],
): ExecutionResult => ({
  ...(data === undefined ? {} : { data }),
  ...(errors ? { errors: mask(errors) as unknown as GraphQLError[] } : {}),
})
