import type { Log } from '@guildhall/kit/log'
import { continueTrace, type TraceContext, traceHeader } from '@guildhall/kit/tracing/trace-context'
import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** Absent where the request was refused before it was read. */
    trace?: TraceContext
    /** Whether an operation of it was logged, which says more than a line about the request. */
    isTold: boolean
  }
}

/** Gives each request its place in a trace, and a line in the log if nobody else tells of it. */
export function watchRequests(app: FastifyInstance, log: Log): void {
  app.decorateRequest('trace')
  app.decorateRequest('isTold', false)
  app.addHook('onRequest', (request, _reply, done) => {
    request.trace = continueTrace(request.headers[traceHeader])
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { url: route } = request.routeOptions
    // Orchestrators ask every few seconds.
    if (!request.isTold && !route?.startsWith('/health')) {
      log.info(
        {
          requestId: request.id,
          trace_id: request.trace?.traceId,
          method: request.method,
          // Not what was asked for: links hold tokens.
          route: route ?? 'none',
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime * 10) / 10,
        },
        'request',
      )
    }
    done()
  })
}
