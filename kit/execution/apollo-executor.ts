import type { ApolloServerOptionsWithGateway, BaseContext } from '@apollo/server'
import type { GraphQLSchema } from 'graphql'
import { executeOperation } from './execute.ts'

type Gateway<Context extends BaseContext> = ApolloServerOptionsWithGateway<Context>['gateway']

/**
 * Has Apollo Server execute with {@link executeOperation}: it lets nobody but a "gateway" execute, so here is one that
 * does nothing else.
 */
export const executingWithOurs = (schema: GraphQLSchema): Gateway<BaseContext> => ({
  onSchemaLoadOrUpdate(tell) {
    tell({ apiSchema: schema, coreSupergraphSdl: '' })
    return () => {}
  },
  load: async () => ({
    executor: async ({ document, request, context }) =>
      executeOperation({
        schema,
        document,
        operationName: request.operationName,
        variableValues: request.variables,
        contextValue: context,
      }),
  }),
  stop: async () => {},
})
