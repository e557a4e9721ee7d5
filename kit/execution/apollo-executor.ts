import { type ApolloServerPlugin, HeaderMap } from '@apollo/server'
import type { GraphQLFormattedError } from 'graphql'
import type { Context } from '../context.ts'
import { executeOperation } from './execute.ts'

/** What Apollo Server is given as context: it copies it for each request, which would make all that contexts make late. */
export interface ApolloContext {
  ctx: Context
}

/**
 * Has Apollo Server answer with {@link executeOperation}, as if from a cache: its hook for that is the only one before it
 * executes by itself. An executor of a "gateway" would be told of each request by accessors made for it, see
 * `create-context.ts`.
 *
 * @param mask what an error becomes in the answer.
 */
export const answeringWithOurs = (
  mask: (error: unknown, ctx: Context) => GraphQLFormattedError,
): ApolloServerPlugin<ApolloContext> => ({
  requestDidStart: async () => ({
    async responseForOperation({ schema, document, operation, request, contextValue: { ctx } }) {
      // Apollo Server says what is wrong with the name of the operation.
      if (!operation) return null
      const { errors, data } = await executeOperation({
        schema,
        document,
        operationName: request.operationName,
        variableValues: request.variables,
        contextValue: ctx,
      })
      const http = { headers: new HeaderMap() }
      if (!errors) return { http, body: { kind: 'single', singleResult: { data: data ?? null } } }
      const masked = errors.map((error) => mask(error, ctx))
      return data === undefined
        ? { http: { ...http, status: 400 }, body: { kind: 'single', singleResult: { errors: masked } } }
        : { http, body: { kind: 'single', singleResult: { errors: masked, data } } }
    },
  }),
})
