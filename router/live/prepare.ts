import { randomUUID } from 'node:crypto'
import type { Log } from '@guildhall/kit/log'
import { continueTrace, traceHeader } from '@guildhall/kit/tracing/trace-context'
import { GraphQLError, getOperationAST, OperationTypeNode } from 'graphql'
import type { ResolvedCaller } from '../execution/request-context.ts'
import type { Documents } from '../operations/documents.ts'
import { noSuchView } from '../operations/errors.ts'
import type { Gate } from '../operations/gate.ts'
import { longestName } from '../operations/operation-log.ts'
import type { PersistedOperations } from '../operations/persisted.ts'
import { unresolved } from '../operations/refusals.ts'
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

/** An operation that may be run. Subscriptions are valid and were let in; of others, this is found out when they run. */
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
  log: Log
  /** Counts what is not begun, by its code. */
  rejected?: ((code: string) => void) | undefined
}

type Origin = Pick<SubscriptionRequest, 'requestId' | 'trace'>

/** What a client sent, ready to be run, or what is wrong with it. Never throws: that would close the socket. */
export async function prepareOperation(
  options: Preparation,
  viewName: string,
  payload: OperationPayload,
  caller: () => ResolvedCaller,
): Promise<Prepared | readonly GraphQLError[]> {
  const request = { requestId: randomUUID(), trace: continueTrace(payload.extensions?.[traceHeader]) }
  const prepared = await prepare(options, viewName, payload, caller, request).catch(refused)
  if (!isRefused(prepared)) return prepared
  const overspent = await options.gate.charge(caller()).then(() => undefined, refused)
  return told(options, overspent ?? prepared, payload, caller(), request)
}

async function prepare(
  { schemas, documents, gate, persisted }: Preparation,
  viewName: string,
  payload: OperationPayload,
  caller: () => ResolvedCaller,
  origin: Origin,
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
  const request = { hash, document, operation, operationName, variables, ...origin }
  return { view, request, query }
}

/** One line of the log for what is not even begun; what is begun has its own. */
function told(
  { log, rejected }: Preparation,
  errors: readonly GraphQLError[],
  { operationName }: OperationPayload,
  { caller }: ResolvedCaller,
  { requestId, trace }: Origin,
): readonly GraphQLError[] {
  const codes = [...new Set(errors.map(({ extensions }) => String(extensions.code)))]
  rejected?.(codes[0] ?? '')
  const viewer = caller.kind === 'user' ? caller.userId : undefined
  const operation = operationName?.slice(0, longestName)
  log.info({ requestId, trace_id: trace.traceId, operation, viewer, codes }, 'operation refused')
  return errors
}

export const isRefused = (
  prepared: Prepared | readonly GraphQLError[],
): prepared is readonly GraphQLError[] => Array.isArray(prepared)

const refused = (error: unknown): readonly GraphQLError[] => [
  error instanceof GraphQLError
    ? error
    : new GraphQLError('Internal server error', { originalError: error as Error }),
]
