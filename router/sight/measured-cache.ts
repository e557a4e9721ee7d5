import type { Metrics } from '@guildhall/kit/metrics/metrics'
import type { AnswerCacheStats } from '../cache/answer-cache.ts'
import type { PlanLookups } from '../execution/plans.ts'

/** Answers that were given again, and those that might have been. */
export function measureCache(metrics: Metrics, stats: () => AnswerCacheStats): void {
  metrics.total(
    'guildhall_router_cache_answers_total',
    'Answers that may be given again: found, and not found.',
    ['outcome'],
    () => {
      const { hits, misses } = stats()
      return [
        [['hit'], hits],
        [['miss'], misses],
      ]
    },
  )
  metrics.gauge('guildhall_router_cache_bytes', 'Memory that kept answers take.', [], () => [
    [[], stats().bytes],
  ])
}

/** Plans that were remembered, and those that had to be made. */
export function measurePlans(metrics: Metrics, lookups: () => PlanLookups): void {
  metrics.total(
    'guildhall_router_plan_lookups_total',
    'Plans that were looked for: found, and not found.',
    ['outcome'],
    () => {
      const { hits, misses } = lookups()
      return [
        [['hit'], hits],
        [['miss'], misses],
      ]
    },
  )
}
