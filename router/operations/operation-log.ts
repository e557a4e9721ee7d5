import type { ApolloServerPlugin } from '@apollo/server'
import type { Log } from '@guildhall/kit/log'
import type { RequestContext } from '../execution/request-context.ts'

/** One line per query and mutation: who, what, how long, how it ended. Ids yes, inputs no. */
export function logOperations(log: Log): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      const started = performance.now()
      return {
        async willSendResponse({ contextValue, operation, operationName, response }) {
          const { body } = response
          const result = body.kind === 'single' ? body.singleResult : body.initialResult
          const { caller } = contextValue.caller
          const viewer = caller.kind === 'user' ? caller : undefined
          log.info(
            {
              requestId: contextValue.requestId,
              operation: operationName,
              kind: operation?.operation,
              viewer: viewer?.userId,
              impersonator: viewer?.impersonatorId,
              ms: Math.round((performance.now() - started) * 10) / 10,
              outcome: !result.errors ? 'ok' : result.data ? 'partial' : 'failed',
              errorIds: result.errors?.map((error) => error.extensions?.errorId),
            },
            'operation',
          )
        },
      }
    },
  }
}
