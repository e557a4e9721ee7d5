import { randomUUID } from 'node:crypto'
import { continueTrace, traceHeader } from '@guildhall/kit/tracing/trace-context'
import { GraphQLError, getOperationAST, OperationTypeNode } from 'graphql'
import type { ResolvedCaller } from '../execution/request-context.ts'
import { containsSubscription, type Documents } from '../operations/documents.ts'
import { noSuchView } from '../operations/errors.ts'
import type { Gate } from '../operations/gate.ts'
import type { PersistedOperations } from '../operations/persisted.ts'
import type { SchemaDelivery } from '../schema/schema-state.ts'
import type { SchemaView } from '../schema/views.ts'
import type { SubscriptionRequest } from './subscriptions.ts'

/** An operation as a client sends it over a socket or an event stream. */
export interface OperationPayload {
  query?: string | null | undefined
  operationName?: string | null | undefined
  variables?: Record<string, unknown> | null | undefined
  extensions?: Record<string, unknown> | null | undefined
}

/** An operation that may be run. Subscriptions were validated and let in; Apollo Server does it with the others. */
export interface Prepared {
  view: SchemaView
  request: SubscriptionRequest
  query: string
}

/** What every operation passes that is not sent over plain HTTP. */
export interface Preparation {
  schemas: SchemaDelivery
  documents: Documents
  gate: Gate
  persisted: PersistedOperations
}

/** What a client sent, ready to be run, or what is wrong with it. Never throws: that would close the socket. */
export async function prepareOperation(
  { schemas, documents, gate, persisted }: Preparation,
  viewName: string,
  payload: OperationPayload,
  caller: () => ResolvedCaller,
): Promise<Prepared | readonly GraphQLError[]> {
  try {
    const view = schemas.now().views.get(viewName)
    if (!view) return [noSuchView()]
    const query = persisted.textOf(payload)
    if (typeof query !== 'string') return [query]
    const { document, hash } = documents.parse(query)
    const operationName = payload.operationName ?? undefined
    const operation = getOperationAST(document, operationName)
    if (!operation) return [unresolved()]
    if (containsSubscription(document)) {
      const errors = documents.validate(view.schema, document)
      if (errors.length > 0) return errors
    }
    const variables = payload.variables ?? {}
    // Of queries and mutations, Apollo Server asks the gate.
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
      await gate.admit({ state: view.state, document, operation, variables, caller: caller() })
    }
    const requestId = randomUUID()
    const trace = continueTrace(payload.extensions?.[traceHeader])
    const request = { hash, document, operation, operationName, variables, requestId, trace }
    return { view, request, query }
  } catch (error) {
    return [refusalOf(error)]
  }
}

export const isRefused = (
  prepared: Prepared | readonly GraphQLError[],
): prepared is readonly GraphQLError[] => Array.isArray(prepared)

const unresolved = () =>
  new GraphQLError('The operation to run cannot be told from the document.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  })

/** What `parse` throws has no code yet; what the gate throws has. */
function refusalOf(error: unknown): GraphQLError {
  if (!(error instanceof GraphQLError)) {
    return new GraphQLError('Internal server error', { originalError: error as Error })
  }
  if (error.extensions.code) return error
  return new GraphQLError(error.message, {
    source: error.source ?? null,
    positions: error.positions ?? null,
    extensions: { code: 'GRAPHQL_PARSE_FAILED' },
  })
}
