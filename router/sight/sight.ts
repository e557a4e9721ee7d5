import type { QueryPlanner } from '@apollo/query-planner'
import type { Metrics } from '@guildhall/kit/metrics/metrics'
import type { Tracing } from '@guildhall/kit/tracing/tracing'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import type { AnswerCacheStats } from '../cache/answer-cache.ts'
import type { CallerResolver } from '../callers/caller-resolver.ts'
import type { Execute } from '../execution/executor.ts'
import type { PlanLookups } from '../execution/plans.ts'
import type { LiveStats } from '../live/live.ts'
import type { OperationWatch } from '../operations/operations.ts'
import { measureCache, measurePlans } from './measured-cache.ts'
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
  watches: OperationWatch[]
  executor(execute: Execute): Execute
  planner(planner: QueryPlanner): QueryPlanner
  stats(live: () => LiveStats, cache: () => AnswerCacheStats, plans: () => PlanLookups): void
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
    watches: operations ? [operations.watch] : [],
    executor: (execute) => operations?.within(execute) ?? execute,
    planner: (planner) => (counted || tracing ? watchPlanner(planner, counted, tracing) : planner),
    stats(live, cache, plans) {
      if (!metrics) return
      measureLive(metrics, live)
      measureCache(metrics, cache)
      measurePlans(metrics, plans)
    },
  }
}
