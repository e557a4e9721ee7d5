import type { QueryPlanner } from '@apollo/query-planner'
import type { Tracing } from '@guildhall/kit/tracing/tracing'
import type { RouterMetrics } from './router-metrics.ts'

/** The planner with a watch on how long its plans take; those that are remembered do not come here. */
export const watchPlanner = (
  planner: QueryPlanner,
  counted: RouterMetrics | undefined,
  tracing: Tracing | undefined,
): QueryPlanner =>
  Object.create(planner, {
    buildQueryPlan: {
      value: (...args: Parameters<QueryPlanner['buildQueryPlan']>) => {
        const startedAt = performance.now()
        const span = tracing?.begin('plan')
        try {
          return planner.buildQueryPlan(...args)
        } finally {
          span?.end()
          counted?.planned((performance.now() - startedAt) / 1_000)
        }
      },
    },
  })
