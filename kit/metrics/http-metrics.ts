import type { FastifyInstance } from 'fastify'
import type { Series } from './histogram.ts'
import type { Metrics } from './metrics.ts'

const methods: ReadonlySet<string> = new Set(['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'])

/** Measures the requests of a server by its routes, of which there are as many as somebody has written down. */
export function measureHttp(app: FastifyInstance, metrics: Metrics): void {
  const duration = metrics.histogram('http_server_request_duration_seconds', 'Requests over HTTP.', [
    'http_request_method',
    'http_route',
    'http_response_status_code',
  ])
  const under = underWay(metrics)
  const series = new Map<string, Map<number, Series>>()
  const seriesOf = (method: string, route: string, status: number): Series => {
    const key = `${method} ${route}`
    const byStatus = series.get(key) ?? new Map<number, Series>()
    const known = byStatus.get(status) ?? duration.of(method, route, String(status))
    series.set(key, byStatus.set(status, known))
    return known
  }
  app.addHook('onRequest', (_request, reply, done) => {
    under.way++
    // Also when the client leaves before it has the answer.
    reply.raw.once('close', () => {
      under.way--
    })
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    // Methods are the client's words.
    const method = methods.has(request.method) ? request.method : '_OTHER'
    const route = request.routeOptions.url ?? 'none'
    seriesOf(method, route, reply.statusCode).observe(reply.elapsedTime / 1_000)
    done()
  })
}

/** Several domains that one process serves are one figure. */
function underWay(metrics: Metrics): { way: number } {
  const known = counted.get(metrics)
  if (known) return known
  const under = { way: 0 }
  counted.set(metrics, under)
  metrics.gauge('http_server_active_requests', 'Requests under way.', [], () => [[[], under.way]])
  return under
}

const counted = new WeakMap<Metrics, { way: number }>()
