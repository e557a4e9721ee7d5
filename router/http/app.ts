import { randomUUID } from 'node:crypto'
import type { Log } from '@guildhall/kit/log'
import { measureHttp } from '@guildhall/kit/metrics/http-metrics'
import type { Metrics } from '@guildhall/kit/metrics/metrics'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import type { ErrorMask } from '../operations/errors.ts'
import { watchRequests } from '../sight/http-requests.ts'
import type { RouterMetrics } from '../sight/router-metrics.ts'
import { registerCors } from './cors.ts'
import { type GraphQLRouteOptions, registerGraphQL } from './graphql-route.ts'
import { type HealthOptions, registerHealth } from './health.ts'
import { registerKeys } from './keys.ts'
import { malformedHandler } from './malformed.ts'
import { registerOAuth } from './oauth.ts'
import { createRequestReader } from './read-request.ts'
import { badRequest, createRefuser } from './refusals.ts'

export interface HttpOptions extends GraphQLRouteOptions, HealthOptions {
  mask: ErrorMask
  log: Log
  /** Where there are metrics. */
  metrics?: Metrics | undefined
  counted?: RouterMetrics | undefined
  /** Whether clients reach us by https only; then browsers are told to keep to that. */
  https: boolean
  /** Most that a request may bring; see RouterTuning. */
  bodyBytes?: number | undefined
  /** Whether the router shuts down: connections are then not kept for further requests. */
  isClosing(): boolean
}

const defaultBodyBytes = 256 * 1024

/** The HTTP face of the router. */
export function createHttpApp(options: HttpOptions): FastifyInstance {
  const { callers, clientOf, mask, log } = options
  const refuse = createRefuser(mask, log, options.counted?.rejected)
  const app = fastify({
    bodyLimit: options.bodyBytes ?? defaultBodyBytes,
    genReqId: requestId,
    // Longer than clients and proxies in front keep theirs, so that they close first.
    keepAliveTimeout: 65_000,
    requestTimeout: 15_000,
    forceCloseConnections: 'idle',
    clientErrorHandler: malformedHandler(mask, log),
    // An address that cannot be read: no hook has run.
    frameworkErrors: (error, request, reply) => void refuse(error, request, mark(request, reply)),
  })
  watchRequests(app, log)
  if (options.metrics) measureHttp(app, options.metrics)
  registerCors(app, options.origins)
  app.addHook('onRequest', (request, reply, done) => {
    mark(request, reply)
    if (options.https) reply.header('strict-transport-security', 'max-age=31536000')
    done(isEncoded(request) ? badRequest('Send the body as it is, in UTF-8.', 415) : undefined)
  })
  // A connection whose request was under way when we began to close would be kept alive, and us with it.
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (options.isClosing()) reply.header('connection', 'close')
    done(null, payload)
  })
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply))
  app.setNotFoundHandler((request, reply) =>
    refuse(badRequest('There is nothing here.', 404), request, reply),
  )

  registerGraphQL(app, { ...options, readRequest: createRequestReader(app) })
  registerHealth(app, options)
  registerKeys(app, callers)
  const { tokenService: service } = callers
  if (service) registerOAuth(app, { service, callers, clientOf, mask, log })
  return app
}

const mark = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff')

/** Compressed bodies would have to be measured while they grow; nobody needs to send them to us. */
function isEncoded({ headers }: FastifyRequest): boolean {
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') return true
  const type = headers['content-type']
  if (type === undefined || type === 'application/json') return false
  const charset = /;\s*charset\s*=\s*"?([^;"\s]*)/i.exec(type)?.[1]
  return charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset)
}

/** A caller may name its request to find it again in logs; anything that is not a plain word is replaced. */
function requestId({ headers }: { headers: Record<string, string | string[] | undefined> }): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID()
}
