import type { QueryPlanner } from '@apollo/query-planner'
import type { RouterMetrics } from './router-metrics.ts'

/** The planner with a watch on how long its plans take; those that are remembered do not come here. */
export const measurePlanner = (planner: QueryPlanner, { planned }: RouterMetrics): QueryPlanner =>
  Object.create(planner, {
    buildQueryPlan: {
      value: (...args: Parameters<QueryPlanner['buildQueryPlan']>) => {
        const startedAt = performance.now()
        try {
          return planner.buildQueryPlan(...args)
        } finally {
          planned((performance.now() - startedAt) / 1_000)
        }
      },
    },
  })
