import type { PoolWatch } from './database.ts'
import { measureDatabase } from './metrics/database-metrics.ts'
import type { Metrics } from './metrics/metrics.ts'
import { traceStatements } from './tracing/traced-statements.ts'
import type { Tracing } from './tracing/tracing.ts'

/** Who watches the statements of a process; nobody where there are neither metrics nor traces. */
export function poolWatch(metrics: Metrics | undefined, tracing: Tracing | undefined): PoolWatch | undefined {
  const measure = metrics && measureDatabase(metrics)
  const trace = tracing && traceStatements(tracing)
  if (!measure || !trace) return measure ?? (trace && { statement: trace, waited() {}, transactions() {} })
  return {
    ...measure,
    statement(statement) {
      measure.statement(statement)
      trace(statement)
    },
  }
}
