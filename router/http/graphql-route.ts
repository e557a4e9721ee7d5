import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { CallerResolver } from '../callers/caller-resolver.ts'
import type { ClientReader } from '../callers/client.ts'
import { type RequestContext, requestContext } from '../execution/request-context.ts'
import { openScope } from '../execution/request-scope.ts'
import { isOfKnownPage, wantsEvents } from '../live/event-request.ts'
import type { ServeEvents } from '../live/event-streams.ts'
import { noSuchView } from '../operations/errors.ts'
import type { Operations } from '../operations/operations.ts'
import type { PersistedOperations } from '../operations/persisted.ts'
import type { SchemaDelivery } from '../schema/schema-state.ts'
import { wholeApi } from '../schema/views.ts'
import { sendText } from './compression.ts'
import type { OriginPolicy } from './cors.ts'
import { answerType } from './media-types.ts'
import type { ReadRequest, SentRequest } from './read-request.ts'
import { badRequest } from './refusals.ts'

export interface GraphQLRouteOptions {
  schemas: SchemaDelivery
  operations: Operations
  callers: CallerResolver
  clientOf: ClientReader
  persisted: PersistedOperations
  deadlineMs: number
  graphqlPath: string
  serveEvents: ServeEvents
  origins: OriginPolicy
}

/** Queries and mutations in GraphQL over HTTP: read and answered here. */
export function registerGraphQL(
  app: FastifyInstance,
  options: GraphQLRouteOptions & { readRequest: ReadRequest },
): void {
  const { schemas, operations, callers, clientOf, persisted, deadlineMs, graphqlPath, origins, readRequest } =
    options

  /** @throws GraphQLError why there is no text. */
  const textOf = (sent: SentRequest): string => {
    const text = persisted.textOf(sent)
    if (typeof text !== 'string') throw text
    return text
  }
  const contextOf = async (request: FastifyRequest, reply: FastifyReply): Promise<RequestContext> => {
    const scope = openScope(deadlineMs)
    reply.raw.once('close', () => (reply.raw.writableFinished ? scope.end() : scope.abandon()))
    const caller = await callers.resolve(request.headers.authorization, clientOf(request.raw))
    request.isTold = true
    return requestContext(caller, request.id, scope, request.trace)
  }
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const name = viewOf(request)
    const view = schemas.now().views.get(name)
    if (!view) throw noSuchView()
    const { headers } = request
    if (wantsEvents(headers.accept)) {
      const sent = readRequest(request, isOfKnownPage(headers, origins.allowsSocket))
      return options.serveEvents(request, reply, name, sent)
    }
    const type = answerType(headers.accept)
    if (!type) throw badRequest('Answers are `application/graphql-response+json` or `application/json`.', 406)
    const sent = readRequest(request)
    const query = textOf(sent)
    const { operationName, variables } = sent
    const text = { query, operationName, variables, isRead: request.method === 'GET' }
    const {
      result,
      status,
      headers: ofAnswer,
    } = await operations.run(view, text, await contextOf(request, reply))
    reply.code(status === 400 && type.isPlainJson ? 200 : status)
    reply.header('content-type', type.contentType)
    // The answer depends on who asks, unless somebody who knows better says otherwise below.
    reply.header('cache-control', 'no-store')
    for (const [header, value] of Object.entries(ofAnswer)) {
      reply.header(header, header === 'vary' ? `${reply.getHeader('vary')}, ${value}` : value)
    }
    return sendText(request, reply, JSON.stringify(result))
  }

  for (const url of [graphqlPath, `${graphqlPath}/:view`]) {
    app.route({ method: ['GET', 'POST'], url, exposeHeadRoute: false, handler: answer })
    app.route({ method: ['DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'PUT'], url, handler: refuseMethod })
  }
}

const viewOf = ({ params }: FastifyRequest): string => (params as { view?: string }).view ?? wholeApi

async function refuseMethod({ method }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  reply.header('allow', 'GET, POST')
  if (method === 'OPTIONS') return reply.code(204).send()
  throw badRequest('Send GET or POST.', 405)
}
