import type { ApolloServerPlugin } from '@apollo/server'
import type { GatewayExecutor } from '@apollo/server-gateway-interface'
import { traceHeader, writeTraceparent } from '@guildhall/kit/tracing/trace-context'
import type { Span, Tracing } from '@guildhall/kit/tracing/tracing'
import type { RequestContext } from '../execution/request-context.ts'

/** A step for each query and mutation, whichever way it came. */
export interface OperationTrace {
  plugin: ApolloServerPlugin<RequestContext>
  /** The executor, whose work belongs to the step. */
  within(execute: GatewayExecutor): GatewayExecutor
}

export function traceOperations(tracing: Tracing): OperationTrace {
  const spans = new WeakMap<object, Span>()
  return {
    plugin: {
      async requestDidStart({ contextValue }) {
        const { trace, headers } = contextValue
        // Its ids are in the log already, and in the headers of fetches; whether it is recorded is known only now.
        const span = tracing.begin('operation', { kind: 'server', as: trace })
        headers[traceHeader] = writeTraceparent(span.context)
        spans.set(headers, span)
        return {
          async willSendResponse({ operation, operationName, response }) {
            const { body } = response
            const { errors, data } = body.kind === 'single' ? body.singleResult : body.initialResult
            span.end(
              {
                'graphql.operation.type': operation?.operation ?? 'unknown',
                ...(operationName ? { 'graphql.operation.name': operationName.slice(0, 100) } : {}),
                outcome: !errors ? 'ok' : data ? 'partial' : 'failed',
              },
              data ? undefined : errors?.[0],
            )
          },
        }
      },
    },
    within: (execute) => (request) => {
      const span = spans.get((request.context as RequestContext).headers)
      return span ? tracing.within(span, () => execute(request)) : execute(request)
    },
  }
}
