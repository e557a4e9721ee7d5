import type { GraphQLDataSource } from '@apollo/gateway'
import type { GatewayGraphQLResponse } from '@apollo/server-gateway-interface'
import { HouseError, ServiceUnavailable } from '@guildhall/kit/errors'
import type { SubgraphRequest, SubgraphUpstream } from '@guildhall/kit/upstream'
import { type DocumentNode, GraphQLError, type GraphQLFormattedError, Kind } from 'graphql'
import type { RequestContext } from './request-context.ts'

type ProcessOptions = Parameters<GraphQLDataSource['process']>[0]

/**
 * Sends the fetches of a plan to a subgraph in the name of the request's caller. Never rejects: a subgraph that is away
 * becomes an error with a code and a path, and the rest of the answer survives.
 */
export function createDataSource(upstream: SubgraphUpstream): GraphQLDataSource {
  return {
    async process(options) {
      const { scope, caller, headers } = options.context as RequestContext
      try {
        const context = await caller.signedContext()
        const request = { ...subgraphRequest(options), context, headers, signal: scope.signal }
        const { data, errors } = await unlessAborted(scope.signal, upstream.execute(request))
        return {
          data: data ?? null,
          ...(errors ? { errors: errors as readonly GraphQLFormattedError[] } : {}),
        }
      } catch (error) {
        return failedFetch(options, error)
      }
    },
  }
}

function subgraphRequest(options: ProcessOptions): SubgraphRequest {
  const { query, variables, operationName } = options.request
  return { query: query ?? '', document: documentOf(options), operationName, variables }
}

const documentOf = (options: ProcessOptions): DocumentNode | undefined =>
  'document' in options ? options.document : undefined

/** In-process subgraphs may not notice the signal; the request ends on time all the same. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason)
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

function failedFetch(options: ProcessOptions, error: unknown): GatewayGraphQLResponse {
  const fault = error instanceof HouseError ? error : new ServiceUnavailable(undefined, error)
  const path = failedPath(options)
  return {
    data: null,
    errors: [
      new GraphQLError(fault.message, {
        extensions: fault.extensions,
        originalError: fault,
        path: path ?? null,
      }) as GraphQLFormattedError,
    ],
  }
}

/** Empty for entities: the gateway puts the place of the fetch before it. For a single root field, that field. */
function failedPath(options: ProcessOptions): string[] | undefined {
  if (options.request.variables?.representations) return []
  const operation = documentOf(options)?.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)
  const [field, ...others] = operation?.selectionSet.selections ?? []
  if (field?.kind !== Kind.FIELD || others.length > 0) return undefined
  return [field.alias?.value ?? field.name.value]
}
