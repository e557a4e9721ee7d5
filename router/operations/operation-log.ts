import type { ApolloServerPlugin } from '@apollo/server'
import type { Log } from '@guildhall/kit/log'
import type { RequestContext } from '../execution/request-context.ts'
import type { RouterMetrics } from '../sight/router-metrics.ts'

/** Names are of clients' making. */
const longestName = 100

/**
 * One line per query and mutation: who, what, how long, how it ended. Ids yes, inputs no.
 *
 * @param origins filled with the context of each error, for whoever formats it without one.
 */
export function logOperations(
  log: Log,
  origins: WeakMap<object, RequestContext>,
  counted?: RouterMetrics,
): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      const started = performance.now()
      return {
        async didEncounterErrors({ errors, contextValue }) {
          for (const error of errors) origins.set(error, contextValue)
        },
        async willSendResponse({ contextValue, operation, operationName, response }) {
          const { body } = response
          const result = body.kind === 'single' ? body.singleResult : body.initialResult
          const { caller } = contextValue.caller
          const ms = performance.now() - started
          const outcome = !result.errors ? 'ok' : result.data ? 'partial' : 'failed'
          const codes = result.errors && [
            ...new Set(result.errors.map((error) => String(error.extensions?.code))),
          ]
          counted?.operation(operation?.operation, operationName ?? undefined, outcome, ms / 1_000)
          if (contextValue.cost !== undefined) counted?.cost(contextValue.cost)
          // GraphQL leaves out even the null of what was not begun.
          if (codes && result.data === undefined) counted?.rejected(codes[0] ?? '')
          const viewer = caller.kind === 'user' ? caller : undefined
          log.info(
            {
              requestId: contextValue.requestId,
              trace_id: contextValue.trace.traceId,
              operation: operationName?.slice(0, longestName),
              kind: operation?.operation,
              viewer: viewer?.userId,
              impersonator: viewer?.impersonatorId,
              cost: contextValue.cost,
              ms: Math.round(ms * 10) / 10,
              outcome,
              codes,
              errorIds: result.errors?.map((error) => error.extensions?.errorId),
            },
            'operation',
          )
        },
      }
    },
  }
}
