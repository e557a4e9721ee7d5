import type { QueryPlanner } from '@apollo/query-planner'
import type { ApolloServerPlugin } from '@apollo/server'
import type { GatewayExecutor } from '@apollo/server-gateway-interface'
import type { Metrics } from '@guildhall/kit/metrics/metrics'
import type { Tracing } from '@guildhall/kit/tracing/tracing'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import type { AnswerCacheStats } from '../cache/answer-cache.ts'
import type { CallerResolver } from '../callers/caller-resolver.ts'
import type { RequestContext } from '../execution/request-context.ts'
import type { LiveStats } from '../live/live.ts'
import { measureCache } from './measured-cache.ts'
import { measureCallers } from './measured-callers.ts'
import { measureLive } from './measured-live.ts'
import { measureUpstreams } from './measured-upstreams.ts'
import { createRouterMetrics, type RouterMetrics } from './router-metrics.ts'
import { traceOperations } from './traced-operations.ts'
import { traceUpstreams } from './traced-upstreams.ts'
import { watchPlanner } from './watched-planner.ts'

export interface SightOptions {
  metrics?: Metrics | undefined
  tracing?: Tracing | undefined
  upstreams: Readonly<Record<string, SubgraphUpstream>>
  callers: CallerResolver
  /** Names of operations that are worth a series of their own. */
  isKnown(operationName: string): boolean
}

/** The parts of a router with somebody who counts and records at each; where nobody does, the parts as they are. */
export interface Sight {
  upstreams: Readonly<Record<string, SubgraphUpstream>>
  callers: CallerResolver
  counted: RouterMetrics | undefined
  plugins: ApolloServerPlugin<RequestContext>[]
  executor(execute: GatewayExecutor): GatewayExecutor
  planner(planner: QueryPlanner): QueryPlanner
  stats(live: () => LiveStats, cache: () => AnswerCacheStats): void
}

export function openSight(options: SightOptions): Sight {
  const { metrics, tracing } = options
  let { upstreams, callers } = options
  const counted = metrics && createRouterMetrics({ metrics, isKnown: options.isKnown })
  if (counted) {
    upstreams = measureUpstreams(upstreams, counted, metrics)
    callers = measureCallers(callers, counted, metrics)
  }
  if (tracing) upstreams = traceUpstreams(upstreams, tracing)
  const operations = tracing && traceOperations(tracing)
  return {
    upstreams,
    callers,
    counted,
    plugins: operations ? [operations.plugin] : [],
    executor: (execute) => operations?.within(execute) ?? execute,
    planner: (planner) => (counted || tracing ? watchPlanner(planner, counted, tracing) : planner),
    stats(live, cache) {
      if (!metrics) return
      measureLive(metrics, live)
      measureCache(metrics, cache)
    },
  }
}
