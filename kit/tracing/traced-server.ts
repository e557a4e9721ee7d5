import type { FastifyInstance } from 'fastify'
import { readTraceparent, traceHeader, writeTraceparent } from './trace-context.ts'
import type { Span, Tracing } from './tracing.ts'

/** A step for each request that a domain is sent; what it does for it happens within. */
export function traceServer(app: FastifyInstance, domain: string, tracing: Tracing): void {
  const spans = new WeakMap<object, Span>()
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.method !== 'POST') return done()
    const span = tracing.begin(`domain ${domain}`, {
      kind: 'server',
      parent: readTraceparent(request.headers[traceHeader]),
      facts: { 'guildhall.domain': domain },
    })
    spans.set(request, span)
    // Read by whoever makes the context of the operation: what it asks of others comes after this step.
    request.headers[traceHeader] = writeTraceparent(span.context)
    tracing.within(span, done)
  })
  app.addHook('onResponse', (request, reply, done) => {
    spans.get(request)?.end({ 'http.response.status_code': reply.statusCode })
    done()
  })
}
