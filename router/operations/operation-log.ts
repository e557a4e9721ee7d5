import type { Log } from '@guildhall/kit/log'
import type { RouterMetrics } from '../sight/router-metrics.ts'
import type { OperationWatch } from './operations.ts'

/** Names are of clients' making. */
export const longestName = 100

/** One line per query and mutation: who, what, how long, how it ended. Ids yes, inputs no. */
export const logOperations =
  (log: Log, counted?: RouterMetrics): OperationWatch =>
  (context) => {
    const started = performance.now()
    return ({ operation, result }) => {
      const { caller } = context.caller
      const ms = performance.now() - started
      const { errors, data } = result
      const outcome = !errors ? 'ok' : data ? 'partial' : 'failed'
      const codes = errors && [...new Set(errors.map((error) => String(error.extensions?.code)))]
      const name = operation?.name?.value
      counted?.operation(operation?.operation, name, outcome, ms / 1_000)
      if (context.cost !== undefined) counted?.cost(context.cost)
      // GraphQL leaves out even the null of what was not begun.
      if (codes && data === undefined) counted?.rejected(codes[0] ?? '')
      const viewer = caller.kind === 'user' ? caller : undefined
      log.info(
        {
          requestId: context.requestId,
          trace_id: context.trace.traceId,
          operation: name?.slice(0, longestName),
          kind: operation?.operation,
          viewer: viewer?.userId,
          impersonator: viewer?.impersonatorId,
          cost: context.cost,
          ms: Math.round(ms * 10) / 10,
          outcome,
          codes,
          errorIds: errors?.map((error) => error.extensions?.errorId),
        },
        'operation',
      )
    }
  }
