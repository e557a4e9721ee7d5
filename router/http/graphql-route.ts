import { Readable } from 'node:stream'
import { type ApolloServer, HeaderMap } from '@apollo/server'
import { HouseError } from '@guildhall/kit/errors'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError } from 'graphql'
import type { CallerResolver } from '../callers/caller-resolver.ts'
import type { ClientReader } from '../callers/client.ts'
import { type RequestContext, requestContext } from '../execution/request-context.ts'
import { openScope } from '../execution/request-scope.ts'
import type { ErrorMask } from '../operations/errors.ts'

export interface GraphQLRouteOptions {
  apollo: ApolloServer<RequestContext>
  callers: CallerResolver
  clientOf: ClientReader
  mask: ErrorMask
  deadlineMs: number
  graphqlPath: string
  /** Why an operation cannot be run over plain HTTP, if so. */
  refuse(query: string, operationName: string | undefined): GraphQLError | undefined
}

/** Queries and mutations over HTTP, executed by Apollo Server. */
export function registerGraphQL(app: FastifyInstance, options: GraphQLRouteOptions): void {
  const { apollo, callers, clientOf, mask, deadlineMs, graphqlPath } = options
  const context = async (request: FastifyRequest, reply: FastifyReply) => {
    const scope = openScope(deadlineMs)
    reply.raw.once('close', () => (reply.raw.writableFinished ? scope.end() : scope.abandon()))
    try {
      const caller = await callers.resolve(request.headers.authorization, clientOf(request.raw))
      return requestContext(caller, request.id, scope)
    } catch (error) {
      throw withStatus(error)
    }
  }
  app.route({
    method: ['GET', 'POST'],
    url: graphqlPath,
    preHandler: async (request, reply) => {
      const { query, operationName } = sentOperation(request)
      const refused = query === undefined ? undefined : options.refuse(query, operationName)
      if (refused) await reply.code(400).send({ errors: [mask(refused)] })
    },
    handler: async (request, reply) => {
      const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: apolloRequest(request),
        context: () => context(request, reply),
      })
      reply.code(status ?? 200)
      for (const [name, value] of headers) reply.header(name, value)
      return body.kind === 'complete' ? body.string : reply.send(Readable.from(body.asyncIterator))
    },
  })
}

/** What Apollo Server and its CSRF prevention look at; copying all headers of each request costs more than it gives. */
const readHeaders = ['content-type', 'accept', 'x-apollo-operation-name', 'apollo-require-preflight']

function apolloRequest({ method, headers, url, body }: FastifyRequest) {
  const read = new HeaderMap()
  for (const name of readHeaders) {
    const value = headers[name]
    if (typeof value === 'string') read.set(name, value)
  }
  const query = url.indexOf('?')
  return { method, headers: read, search: query < 0 ? '' : url.slice(query), body }
}

function sentOperation(request: FastifyRequest): { query?: string; operationName?: string } {
  const sent: unknown = request.method === 'GET' ? request.query : request.body
  if (typeof sent !== 'object' || sent === null) return {}
  const { query, operationName } = sent as Record<string, unknown>
  return {
    ...(typeof query === 'string' ? { query } : {}),
    ...(typeof operationName === 'string' ? { operationName } : {}),
  }
}

const statuses: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  RATE_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
  GATEWAY_TIMEOUT: 504,
}

/** Before anything is executed, a failure is the status of the whole answer. */
function withStatus(error: unknown): unknown {
  if (!(error instanceof HouseError)) return error
  const status = statuses[String(error.extensions.code)] ?? 500
  return new GraphQLError(error.message, {
    extensions: { ...error.extensions, http: { status } },
    originalError: error,
  })
}
