import type { Metrics } from '@guildhall/kit/metrics/metrics'
import type { SubgraphUpstream, UpstreamState } from '@guildhall/kit/upstream'
import type { FetchOutcome, RouterMetrics } from './router-metrics.ts'

type Upstreams = Readonly<Record<string, SubgraphUpstream>>

/** The upstreams with a watch on each; who does not measure has none in between. */
export function measureUpstreams(upstreams: Upstreams, counted: RouterMetrics, metrics: Metrics): Upstreams {
  const states = () =>
    Object.entries(upstreams).flatMap(([name, { state }]) => (state ? [{ name, ...state() }] : []))
  metrics.gauge(
    'guildhall_router_breaker_state',
    'Whether operations of a subgraph are refused: 0 no, 0.5 one tries, 1 yes.',
    ['subgraph'],
    () => states().map(({ name, breaker }) => [[name], openness[breaker]]),
  )
  metrics.gauge(
    'guildhall_router_subgraph_operations',
    'Operations under way at a subgraph, and those that wait for their turn.',
    ['subgraph', 'state'],
    () =>
      states().flatMap(({ name, running, waiting }) => [
        [[name, 'running'], running] as const,
        [[name, 'waiting'], waiting] as const,
      ]),
  )
  return Object.fromEntries(
    Object.entries(upstreams).map(([name, upstream]) => [name, measure(name, upstream, counted)]),
  )
}

const openness: Readonly<Record<UpstreamState['breaker'], number>> = { closed: 0, 'half-open': 0.5, open: 1 }

const measure = (name: string, upstream: SubgraphUpstream, counted: RouterMetrics): SubgraphUpstream => ({
  ...upstream,
  async execute(request) {
    const startedAt = performance.now()
    const end = (outcome: FetchOutcome) =>
      counted.fetched(name, outcome, (performance.now() - startedAt) / 1_000)
    try {
      const result = await upstream.execute(request)
      end(result.errors?.length ? 'errors' : 'ok')
      return result
    } catch (error) {
      end(request.signal?.aborted ? 'given_up' : outcomeOf(error))
      throw error
    }
  },
})

const outcomes: Readonly<Record<string, FetchOutcome>> = {
  GATEWAY_TIMEOUT: 'timeout',
  SERVICE_UNAVAILABLE: 'unavailable',
}

const outcomeOf = (error: unknown): FetchOutcome => {
  const { code } = (error as { extensions?: { code?: unknown } } | undefined)?.extensions ?? {}
  return outcomes[String(code)] ?? 'failed'
}
