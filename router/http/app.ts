import { randomUUID } from 'node:crypto'
import { type FastifyInstance, fastify } from 'fastify'
import { GraphQLError } from 'graphql'
import { type OriginPolicy, registerCors } from './cors.ts'
import { type GraphQLRouteOptions, registerGraphQL } from './graphql-route.ts'
import { type HealthOptions, registerHealth } from './health.ts'
import { registerKeys } from './keys.ts'
import { registerOAuth } from './oauth.ts'

export interface HttpOptions extends GraphQLRouteOptions, HealthOptions {
  origins: OriginPolicy
  /** Whether the router shuts down: connections are then not kept for further requests. */
  isClosing(): boolean
}

const maxBodyBytes = 256 * 1024

/** The HTTP face of the router. */
export function createHttpApp(options: HttpOptions): FastifyInstance {
  const { callers, clientOf, mask } = options
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

  registerGraphQL(app, options)
  registerHealth(app, options)
  registerKeys(app, callers)
  const { tokenService: service } = callers
  if (service) registerOAuth(app, { service, callers, clientOf, mask })
  return app
}

const tooLarge = `The request body is larger than ${maxBodyBytes / 1024} kB.`

/** A caller may name its request to find it again in logs; anything that is not a plain word is replaced. */
function requestId({ headers }: { headers: Record<string, string | string[] | undefined> }): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID()
}
