import { traceHeader, writeTraceparent } from '@guildhall/kit/tracing/trace-context'
import type { Span, Tracing } from '@guildhall/kit/tracing/tracing'
import type { Execute } from '../execution/executor.ts'
import type { OperationWatch } from '../operations/operations.ts'

/** A step for each query and mutation, whichever way it came. */
export interface OperationTrace {
  watch: OperationWatch
  /** The executor, whose work belongs to the step. */
  within(execute: Execute): Execute
}

export function traceOperations(tracing: Tracing): OperationTrace {
  const spans = new WeakMap<object, Span>()
  return {
    watch({ trace, headers }) {
      // Its ids are in the log already, and in the headers of fetches; whether it is recorded is known only now.
      const span = tracing.begin('operation', { kind: 'server', as: trace })
      headers[traceHeader] = writeTraceparent(span.context)
      spans.set(headers, span)
      return ({ operation, result: { errors, data } }) => {
        const name = operation?.name?.value
        span.end(
          {
            'graphql.operation.type': operation?.operation ?? 'unknown',
            ...(name ? { 'graphql.operation.name': name.slice(0, 100) } : {}),
            outcome: !errors ? 'ok' : data ? 'partial' : 'failed',
          },
          data ? undefined : errors?.[0],
        )
      }
    },
    within: (execute) => (view, operation, context) => {
      const span = spans.get(context.headers)
      const run = () => execute(view, operation, context)
      return span ? tracing.within(span, run) : run()
    },
  }
}
