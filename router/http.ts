import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { type ApolloServer, HeaderMap } from '@apollo/server'
import { HouseError } from '@guildhall/kit/errors'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { GraphQLError } from 'graphql'
import type { CallerResolver } from './caller-resolver.ts'
import type { ClientReader } from './client.ts'
import { type OriginPolicy, registerCors } from './cors.ts'
import type { ErrorMask } from './errors.ts'
import { registerOAuth } from './oauth.ts'
import { type RequestContext, requestContext } from './request-context.ts'
import { openScope } from './request-scope.ts'

export interface HttpOptions {
  apollo: ApolloServer<RequestContext>
  callers: CallerResolver
  clientOf: ClientReader
  mask: ErrorMask
  origins: OriginPolicy
  deadlineMs: number
  graphqlPath: string
  /** Why an operation cannot be run over plain HTTP, if so. */
  refuse(query: string, operationName: string | undefined): GraphQLError | undefined
  /** Whether the router shuts down: connections are then not kept for further requests. */
  isClosing(): boolean
  /** What keeps the router from serving; empty when it is ready. */
  problems(): Promise<readonly string[]>
}

const maxBodyBytes = 256 * 1024

/** The HTTP face of the router. */
export function createHttpApp(options: HttpOptions): FastifyInstance {
  const { apollo, callers, clientOf, mask, deadlineMs, graphqlPath } = options
  const app = fastify({
    bodyLimit: maxBodyBytes,
    genReqId: requestId,
    // Longer than clients and proxies in front keep theirs, so that they close first.
    keepAliveTimeout: 65_000,
    requestTimeout: 15_000,
    forceCloseConnections: 'idle',
  })
  registerCors(app, options.origins)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' })
  })
  // A connection whose request was under way when we began to close would be kept alive, and us with it.
  app.addHook('onSend', async (_request, reply) => {
    if (options.isClosing()) reply.header('connection', 'close')
  })
  // Whatever else is posted reaches Apollo Server, which refuses it because a form in any page can send it.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, undefined))
  app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
    const status = error.statusCode ?? 500
    const refused = new GraphQLError(status === 413 ? tooLarge : error.message, {
      extensions: { code: 'BAD_REQUEST' },
    })
    return reply.code(status).send({ errors: [mask(status < 500 ? refused : error)] })
  })

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
  registerHealth(app, options)
  registerKeys(app, callers)
  const { tokenService: service } = callers
  if (service) registerOAuth(app, { service, callers, clientOf, mask })
  return app
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

const tooLarge = `The request body is larger than ${maxBodyBytes / 1024} kB.`

/** A caller may name its request to find it again in logs; anything that is not a plain word is replaced. */
function requestId({ headers }: { headers: Record<string, string | string[] | undefined> }): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID()
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

function registerHealth(app: FastifyInstance, { problems }: HttpOptions) {
  app.get('/health/live', async () => ({ status: 'ok' }))
  app.get('/health/ready', async (_request, reply) => {
    const found = await problems()
    if (found.length === 0) return { status: 'ok' }
    return reply.code(503).send({ status: 'unavailable', problems: found })
  })
}

function registerKeys(app: FastifyInstance, { publicKeys }: CallerResolver) {
  if (!publicKeys) return
  app.get('/.well-known/jwks.json', async (_request, reply) => {
    reply.header('cache-control', 'public, max-age=60')
    return { keys: await publicKeys() }
  })
}
