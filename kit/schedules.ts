import type { Log } from './log.ts'
import type { SubgraphRuntime } from './subgraph-runtime.ts'
import { createWorker } from './worker.ts'

/** Runs what domains do by the clock. Each run is idempotent by contract, so replicas need no election. */
export function startSchedules(subgraphs: readonly SubgraphRuntime[], log: Log): { stop(): Promise<void> } {
  const workers = subgraphs.flatMap((subgraph) =>
    subgraph.definition.schedules.map((schedule) =>
      createWorker(`schedule ${schedule.name}`, log, schedule.everySeconds * 1000, async () => {
        await schedule.run(subgraph.scheduleContext())
        return false
      }),
    ),
  )
  return {
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.stop()))
    },
  }
}
