import type { Metrics } from '@guildhall/kit/metrics/metrics'
import type { LiveStats } from '../live/live.ts'

/** What stays open. */
export function measureLive(metrics: Metrics, stats: () => LiveStats): void {
  const gauge = (name: string, help: string, pick: (stats: LiveStats) => number) =>
    metrics.gauge(name, help, [], () => [[[], pick(stats())]])
  gauge('guildhall_router_sockets', 'Open sockets.', (now) => now.sockets)
  gauge('guildhall_router_sockets_anonymous', 'Connections that have not logged in.', (now) => now.anonymous)
  gauge('guildhall_router_live_users', 'People with a connection.', (now) => now.users)
  gauge('guildhall_router_subscriptions_active', 'Subscriptions of clients.', (now) => now.subscribers)
  gauge('guildhall_router_streams_active', 'Streams at subgraphs that serve them.', (now) => now.streams)
  metrics.total('guildhall_router_streams_opened_total', 'Streams opened at subgraphs.', [], () => [
    [[], stats().opened],
  ])
  metrics.total(
    'guildhall_router_sockets_closed_total',
    'Sockets that were closed, by code: 1013 is dropped (too slow), 4403 has lost its rights, 1012 was moved.',
    ['code'],
    () => Object.entries(stats().closed).map(([code, count]) => [[closeCode(code)], count]),
  )
  metrics.total(
    'guildhall_router_sockets_refused_total',
    'Sockets that were never opened, by HTTP status: 403 is a page of another origin, 429 too many, 503 a router that stops.',
    ['status'],
    () => Object.entries(stats().refused).map(([status, count]) => [[status], count]),
  )
}

const closeCodes: ReadonlySet<string> = new Set(
  '1000 1001 1002 1005 1006 1007 1008 1009 1011 1012 1013 4400 4401 4403 4406 4408 4409 4429 4500'.split(' '),
)

/** Clients close with any code they like. */
const closeCode = (code: string): string => (closeCodes.has(code) ? code : 'other')
