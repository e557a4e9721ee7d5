import type { ApolloServerPlugin } from '@apollo/server'
import { type DocumentNode, type GraphQLError, Kind, type ValidationRule } from 'graphql'
import type { RequestContext } from '../execution/request-context.ts'
import type { SchemaDelivery } from '../schema/schema-state.ts'
import type { Gate } from './gate.ts'

/** The gate in the steps of Apollo Server: what it validates with, and the plugin that asks. */
export function gateForApollo(
  gate: Gate,
  viewOf: SchemaDelivery['viewOf'],
): { plugin: ApolloServerPlugin<RequestContext>; rule: ValidationRule } {
  const excess = new WeakMap<DocumentNode, readonly GraphQLError[]>()
  return {
    plugin: {
      async requestDidStart() {
        return {
          // A document over the limits is exchanged for an empty one, so that no rule of GraphQL works on it; our own
          // rule then says why.
          async validationDidStart(request) {
            const found = gate.excessOf(request.document)
            if (found.length === 0) return
            const empty: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] }
            excess.set(empty, found)
            Object.assign(request, { document: empty })
          },
          async didResolveOperation({ schema, document, operation, request, contextValue }) {
            if (!operation) return
            const { caller } = contextValue
            const variables = request.variables ?? {}
            const { state } = viewOf(schema)
            contextValue.cost = await gate.admit({ state, document, operation, variables, caller })
          },
        }
      },
    },
    rule: (context) => {
      for (const error of excess.get(context.getDocument()) ?? []) context.reportError(error)
      return {}
    },
  }
}
