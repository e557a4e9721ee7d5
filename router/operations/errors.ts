import { randomBytes } from 'node:crypto'
import {
  errorCodes,
  GatewayTimeout,
  HouseError,
  isRetryable,
  ServiceUnavailable,
} from '@guildhall/kit/errors'
import type { Log } from '@guildhall/kit/log'
import type { TraceContext } from '@guildhall/kit/tracing/trace-context'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'

/** Turns anything that was thrown into what a client may know, and logs what it may not. */
export type ErrorMask = (error: unknown, origin?: ErrorOrigin) => GraphQLFormattedError

/** Which request an error belongs to. */
export interface ErrorOrigin {
  requestId: string
  /** Absent where not even the headers could be read. */
  trace?: TraceContext | undefined
}

/** Codes of refusals that the router itself gives; subgraphs cannot use them. */
const protocolCodes: ReadonlySet<unknown> = new Set([
  'BAD_REQUEST',
  'COST_ESTIMATED_TOO_EXPENSIVE',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'INTROSPECTION_DISABLED',
  'MAX_ALIASES_LIMIT',
  'MAX_DEPTH_LIMIT',
  'MAX_DIRECTIVES_LIMIT',
  'MAX_FIELDS_LIMIT',
  'MAX_ROOT_FIELDS_LIMIT',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_ID_REQUIRED',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_IN_LIST',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'SUBSCRIPTION_JWT_EXPIRED',
  'SUBSCRIPTION_MAX_LIMIT',
  'UNAUTHORIZED_FIELD_OR_TYPE',
])
const houseCodes: ReadonlySet<unknown> = new Set(errorCodes)

/** Faults say the same whatever happened: their own message could name hosts, files or SQL. */
const faultMessages: Readonly<Record<string, string>> = {
  SERVICE_UNAVAILABLE: new ServiceUnavailable().message,
  GATEWAY_TIMEOUT: new GatewayTimeout().message,
  INTERNAL_SERVER_ERROR: 'Internal server error',
}

/**
 * The only way out for errors, over HTTP and WebSocket alike. An allow-list: message, path, locations and the three
 * extensions `code`, `errorId`, `retryable` (and `retryAfterMs` where we know it); whatever carries no known code is an internal error.
 *
 * @param told hears the code of each error that leaves the house.
 * @param hideSchema leaves out suggestions ("Did you mean …"), which spell the schema out to strangers.
 */
export function createErrorMask(log: Log, hideSchema: boolean, told?: (code: string) => void): ErrorMask {
  return (thrown, origin) => {
    const error = thrown instanceof GraphQLError ? thrown : undefined
    const subgraph = error?.extensions.serviceName
    const code = publicCode(error?.extensions.code, subgraph !== undefined)
    const loggedAs = givenId(error)
    told?.(code)
    const errorId = loggedAs ?? randomBytes(9).toString('base64url')
    const fault = faultMessages[code]
    const path = publicPath(error?.path, code)
    const level = loggedAs === undefined ? levelOf(code) : 'debug'
    log[level](
      {
        errorId,
        code,
        subgraph,
        path: path?.join('.'),
        requestId: origin?.requestId,
        trace_id: origin?.trace?.traceId,
        err: rootCause(thrown),
      },
      'operation failed',
    )
    return {
      message: fault ?? clientMessage(error?.message ?? '', hideSchema),
      ...(error?.locations && subgraph === undefined ? { locations: error.locations } : {}),
      ...(path ? { path } : {}),
      extensions: { code, errorId, retryable: isRetryable(code), ...retryHint(error) },
    }
  }
}

/** When it is worth trying again, where the router knows. */
function retryHint(error: GraphQLError | undefined): { retryAfterMs?: number } {
  const after = error?.extensions.serviceName === undefined ? error?.extensions.retryAfterMs : undefined
  return typeof after === 'number' ? { retryAfterMs: after } : {}
}

function publicCode(code: unknown, fromSubgraph: boolean): string {
  const known = houseCodes.has(code) || (!fromSubgraph && protocolCodes.has(code))
  return known ? String(code) : 'INTERNAL_SERVER_ERROR'
}

/** A subgraph that has logged the error already says under which id. */
function givenId(error: GraphQLError | undefined): string | undefined {
  const id = error?.extensions.errorId
  return typeof id === 'string' && /^[\w-]{6,64}$/.test(id) ? id : undefined
}

/** The gateway's own steps mean nothing to clients. In paths of removed fields, `@` stands for a list. */
function publicPath(path: GraphQLError['path'], code: string): GraphQLError['path'] {
  if (!path || code === 'UNAUTHORIZED_FIELD_OR_TYPE') return path
  const end = path.findIndex((step) => step === '@' || step === '_entities')
  return end < 0 ? path : path.slice(0, end)
}

const clientMessage = (message: string, hideSchema: boolean): string =>
  hideSchema ? message.replace(/ ?Did you mean .+\?$/s, '') : message

/** Faults are ours to mend; refusals tell what callers try; malformed requests are the weather. */
function levelOf(code: string): 'error' | 'warn' | 'debug' {
  if (code in faultMessages) return 'error'
  return protocolCodes.has(code) ? 'debug' : 'warn'
}

/** What the gateway and GraphQL wrapped; from an HTTP subgraph the innermost is its formatted error. */
function rootCause(thrown: unknown): Error {
  let error = thrown
  while (error instanceof GraphQLError && !(error instanceof HouseError) && error.originalError) {
    error = error.originalError
  }
  if (error instanceof Error) return error
  // An error as a subgraph has formatted it: the log leaves out what its message quotes of the request.
  return new GraphQLError(messageOf(error) ?? 'something that is no error was thrown')
}

/** The path names a contract that there is not, or no longer. */
export const noSuchView = () =>
  new GraphQLError('There is no API at this path.', {
    extensions: { code: 'BAD_REQUEST', http: { status: 404 } },
  })

const messageOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : undefined
