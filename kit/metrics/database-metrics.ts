import type { PoolWatch } from '../database.ts'
import { onEnd, operationOf } from '../statements.ts'
import type { Metrics } from './metrics.ts'

/** How long statements take, and how long transactions wait before their first one. */
export function measureDatabase(metrics: Metrics): PoolWatch {
  const duration = metrics.histogram(
    'db_client_operation_duration_seconds',
    'Statements, from being made to their answer: waiting for a connection included.',
    ['db_system_name', 'db_operation_name', 'error_type'],
  )
  const wait = metrics.histogram(
    'db_client_connection_wait_time_seconds',
    'How long transactions waited for a connection that they may hold.',
  )
  const all = wait.of()
  return {
    statement(statement) {
      const startedAt = performance.now()
      const operation = operationOf(statement)
      onEnd(statement, (error) => {
        duration
          .of('postgresql', operation, errorType(error))
          .observe((performance.now() - startedAt) / 1_000)
      })
    },
    waited: (seconds) => all.observe(seconds),
    transactions: (count) =>
      metrics.gauge(
        'db_client_connection_transactions',
        'Transactions with a connection, and without one yet.',
        ['state'],
        () => {
          const { running, waiting } = count()
          return [
            [['running'], running],
            [['waiting'], waiting],
          ]
        },
      ),
  }
}

/** PostgreSQL's classes of errors are few; everything else is the connection's. */
const errorType = (error: unknown): string => {
  if (error === undefined) return ''
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code.slice(0, 2) : 'connection'
}
