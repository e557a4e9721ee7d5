import type { ExecutionResult, GraphQLError } from 'graphql'
import { type ResolvedCaller, requestContext } from '../execution/request-context.ts'
import type { RequestScope } from '../execution/request-scope.ts'
import type { ApolloServers } from '../operations/apollo-servers.ts'
import { type ErrorMask, type ErrorOrigin, noSuchView } from '../operations/errors.ts'
import type { Prepared } from './prepare.ts'

/** Runs a query or mutation through Apollo Server, as if it had come over HTTP; its errors are masked there. */
export async function runOperation(
  apollo: ApolloServers,
  { request, query, view }: Prepared,
  caller: ResolvedCaller,
  scope: RequestScope,
): Promise<ExecutionResult> {
  const { operationName, variables, requestId, trace } = request
  const server = await apollo.for(view.name)
  if (!server) throw noSuchView()
  const { body } = await server.executeOperation(
    {
      query,
      variables,
      ...(operationName === undefined ? {} : { operationName }),
    },
    { contextValue: requestContext(caller, requestId, scope, trace) },
  )
  if (body.kind !== 'single') throw new Error('the gateway cannot answer in parts')
  return body.singleResult as ExecutionResult
}

/** A result as its receiver may see it. */
export const maskResult = (
  { data, errors }: ExecutionResult,
  mask: ErrorMask,
  origin?: ErrorOrigin,
): ExecutionResult => ({
  ...(data === undefined ? {} : { data }),
  ...(errors ? { errors: errors.map((error) => mask(error, origin)) as unknown as GraphQLError[] } : {}),
})
