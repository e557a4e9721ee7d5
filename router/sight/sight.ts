import type { QueryPlanner } from '@apollo/query-planner'
import type { Metrics } from '@guildhall/kit/metrics/metrics'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import type { CallerResolver } from '../callers/caller-resolver.ts'
import type { LiveStats } from '../live/live.ts'
import { measureCallers } from './measured-callers.ts'
import { measureLive } from './measured-live.ts'
import { measurePlanner } from './measured-planner.ts'
import { measureUpstreams } from './measured-upstreams.ts'
import { createRouterMetrics, type RouterMetrics } from './router-metrics.ts'

export interface SightOptions {
  metrics?: Metrics | undefined
  upstreams: Readonly<Record<string, SubgraphUpstream>>
  callers: CallerResolver
  /** Names of operations that are worth a series of their own. */
  isKnown(operationName: string): boolean
}

/** The parts of a router with somebody who counts at each; without metrics, the parts as they are. */
export interface Sight {
  upstreams: Readonly<Record<string, SubgraphUpstream>>
  callers: CallerResolver
  counted: RouterMetrics | undefined
  measurePlanner: ((planner: QueryPlanner) => QueryPlanner) | undefined
  watchLive(stats: () => LiveStats): void
}

export function openSight({ metrics, upstreams, callers, isKnown }: SightOptions): Sight {
  if (!metrics) return { upstreams, callers, counted: undefined, measurePlanner: undefined, watchLive() {} }
  const counted = createRouterMetrics({ metrics, isKnown })
  return {
    upstreams: measureUpstreams(upstreams, counted, metrics),
    callers: measureCallers(callers, counted),
    counted,
    measurePlanner: (planner) => measurePlanner(planner, counted),
    watchLive: (stats) => measureLive(metrics, stats),
  }
}
