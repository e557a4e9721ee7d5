import { randomUUID } from 'node:crypto'
import { continueTrace, traceHeader } from '@guildhall/kit/tracing/trace-context'
import { GraphQLError, type GraphQLFormattedError, getOperationAST, OperationTypeNode } from 'graphql'
import type { ResolvedCaller } from '../execution/request-context.ts'
import type { Documents } from '../operations/documents.ts'
import { noSuchView } from '../operations/errors.ts'
import type { Gate } from '../operations/gate.ts'
import type { PersistedOperations } from '../operations/persisted.ts'
import { unresolved } from '../operations/refusals.ts'
import type { SchemaDelivery } from '../schema/schema-state.ts'
import type { SchemaView } from '../schema/views.ts'
import type { SubscriptionRequest } from './subscriptions.ts'
import type { About, TellErrors } from './tell-errors.ts'

/** An operation as a client sends it over a socket or an event stream. */
export interface OperationPayload {
  query?: string | null | undefined
  operationName?: string | null | undefined
  variables?: Record<string, unknown> | null | undefined
  extensions?: Record<string, unknown> | null | undefined
}

/** An operation that may be run. Subscriptions are valid and were let in; of others, this is found out when they run. */
export interface Prepared {
  view: SchemaView
  request: SubscriptionRequest
  query: string
  about: About
}

/** What every operation passes that is not sent over plain HTTP. */
export interface Preparation {
  schemas: SchemaDelivery
  documents: Documents
  gate: Gate
  persisted: PersistedOperations
  tell: TellErrors
}

/** What the log says of an operation that goes wrong. */
export const aboutOf = (
  { operationName, extensions }: OperationPayload,
  { caller }: ResolvedCaller,
  requestId: string = randomUUID(),
): About => ({ requestId, trace: continueTrace(extensions?.[traceHeader]), operationName, caller })

/**
 * What a client sent, ready to be run, or what it is told to be wrong with it. Never throws: that would close the
 * socket.
 */
export async function prepareOperation(
  options: Preparation,
  viewName: string,
  payload: OperationPayload,
  caller: () => ResolvedCaller,
  about: About,
): Promise<Prepared | readonly GraphQLFormattedError[]> {
  const prepared = await prepare(options, viewName, payload, caller, about).catch(refused)
  if ('request' in prepared) return prepared
  const overspent = await options.gate.charge(caller()).then(() => undefined, refused)
  return options.tell('operation refused', overspent ?? prepared, about)
}

async function prepare(
  { schemas, documents, gate, persisted }: Preparation,
  viewName: string,
  payload: OperationPayload,
  caller: () => ResolvedCaller,
  about: About,
): Promise<Prepared | readonly GraphQLError[]> {
  const view = schemas.now().views.get(viewName)
  if (!view) return [noSuchView()]
  const query = persisted.textOf(payload)
  if (typeof query !== 'string') return [query]
  const { document, hash } = documents.parse(query)
  const operationName = payload.operationName ?? undefined
  const operation = getOperationAST(document, operationName)
  if (!operation) return [unresolved()]
  const variables = payload.variables ?? {}
  // Queries and mutations are validated, and pass the gate, when they run.
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
    const errors = documents.validate(view.schema, document)
    if (errors.length > 0) return errors
    await gate.admit({ state: view.state, document, operation, variables, caller: caller() })
  }
  const { requestId, trace } = about
  const request = { hash, document, operation, operationName, variables, requestId, trace }
  return { view, request, query, about: { ...about, operationName: operation.name?.value } }
}

export const isRefused = (
  prepared: Prepared | readonly GraphQLFormattedError[],
): prepared is readonly GraphQLFormattedError[] => Array.isArray(prepared)

const refused = (error: unknown): readonly GraphQLError[] => [
  error instanceof GraphQLError
    ? error
    : new GraphQLError('Internal server error', { originalError: error as Error }),
]
