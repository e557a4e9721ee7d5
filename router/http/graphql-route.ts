import { Readable } from 'node:stream'
import { HeaderMap } from '@apollo/server'
import { HouseError } from '@guildhall/kit/errors'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { GraphQLError } from 'graphql'
import type { CallerResolver } from '../callers/caller-resolver.ts'
import type { ClientReader } from '../callers/client.ts'
import { requestContext } from '../execution/request-context.ts'
import { openScope } from '../execution/request-scope.ts'
import type { ApolloServers } from '../operations/apollo-servers.ts'
import { subscriptionRefusal } from '../operations/documents.ts'
import { type ErrorMask, noSuchView } from '../operations/errors.ts'
import type { SchemaDelivery } from '../schema/schema-state.ts'
import { wholeApi } from '../schema/views.ts'

export interface GraphQLRouteOptions {
  schemas: SchemaDelivery
  apollo: ApolloServers
  callers: CallerResolver
  clientOf: ClientReader
  mask: ErrorMask
  deadlineMs: number
  graphqlPath: string
  maxTokens: number
}

/** Queries and mutations over HTTP, executed by Apollo Server. */
export function registerGraphQL(app: FastifyInstance, options: GraphQLRouteOptions): void {
  const { schemas, apollo, callers, clientOf, mask, deadlineMs, graphqlPath, maxTokens } = options
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
  const route: RouteOptions = {
    method: ['GET', 'POST'],
    url: graphqlPath,
    preHandler: async (request, reply) => {
      const view = schemas.now().views.get(viewOf(request))
      if (!view) return reply.code(404).send({ errors: [mask(noSuchView())] })
      const { query, operationName } = sentOperation(request)
      if (query === undefined) return
      const refused = subscriptionRefusal(view.schema, query, operationName, maxTokens)
      if (refused) await reply.code(400).send({ errors: [mask(refused)] })
    },
    handler: async (request, reply) => {
      const server = await apollo.for(viewOf(request))
      if (!server) return reply.code(404).send({ errors: [mask(noSuchView())] })
      const { status, headers, body } = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: apolloRequest(request),
        context: () => context(request, reply),
      })
      reply.code(status ?? 200)
      for (const [name, value] of headers) reply.header(name, value)
      return body.kind === 'complete' ? body.string : reply.send(Readable.from(body.asyncIterator))
    },
  }
  app.route(route)
  app.route({ ...route, url: `${graphqlPath}/:view` })
}

const viewOf = ({ params }: FastifyRequest): string => (params as { view?: string }).view ?? wholeApi

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
