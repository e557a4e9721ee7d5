import { randomUUID } from 'node:crypto'
import { type ASTNode, GraphQLError, type GraphQLFormattedError, Kind } from 'graphql'
import { errorCodes, HouseError, isRetryable } from './errors.ts'
import { withoutInputs } from './log/error-fields.ts'
import { scrub } from './log/scrub.ts'
import type { Log } from './log.ts'
import { databaseFault } from './postgres-error.ts'

/** Codes that an error may bring along by itself. */
const ours: ReadonlySet<unknown> = new Set(errorCodes.filter((code) => code !== 'INTERNAL_SERVER_ERROR'))

/** What is wrong on our side; everything else is a refusal. */
const faults: ReadonlySet<string> = new Set([
  'SERVICE_UNAVAILABLE',
  'GATEWAY_TIMEOUT',
  'INTERNAL_SERVER_ERROR',
])

/**
 * What leaves a subgraph: refusals and known faults with their message, everything else as a masked internal error.
 * Each is logged exactly once, here, with the id that the client sees.
 */
export function maskError(error: unknown, log: Log): GraphQLFormattedError {
  const known = knownError(error)
  const { path, locations } = error instanceof GraphQLError ? error : {}
  const errorId = randomUUID()
  const code = known ? String(known.extensions.code) : 'INTERNAL_SERVER_ERROR'
  if (faults.has(code)) log.error({ errorId, code, path, err: causeOf(known ?? error) }, 'fault')
  else
    log.warn(
      { errorId, code, path, ...(known?.cause ? { err: known.cause } : {}) },
      known ? loggedMessage(known) : undefined,
    )
  return {
    message: known ? known.message : 'Internal server error.',
    ...(path ? { path } : {}),
    ...(locations ? { locations } : {}),
    extensions: { code, errorId, retryable: isRetryable(code) },
  }
}

/** What graphql-js complains about quotes what was sent; our own messages do not. */
const loggedMessage = (known: GraphQLError): string =>
  known instanceof HouseError ? scrub(known.message) : withoutInputs(known.message)

/** Our own errors, the database's condition, and graphql-js's complaints about a request may be shown. */
function knownError(error: unknown): GraphQLError | null {
  const chain = [...chainOf(error)]
  const own = chain.find((link) => link instanceof HouseError)
  if (own) return own
  const coded = chain.find((link) => link instanceof GraphQLError && ours.has(link.extensions.code))
  if (coded) return coded as GraphQLError
  for (const link of chain) {
    const fault = databaseFault(link)
    if (fault) return fault
  }
  if (!(error instanceof GraphQLError) || !isAboutTheRequest(error)) return null
  return new GraphQLError(error.message, { extensions: { code: 'BAD_USER_INPUT' } })
}

/** Codes of Apollo Server for requests that it did not execute. */
const requestCodes: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
])

const valueKinds: ReadonlySet<string> = new Set([
  Kind.VARIABLE_DEFINITION,
  Kind.VARIABLE,
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
])

/**
 * Whether graphql-js complains about the document, its variables or arguments: it throws plain GraphQLErrors, without
 * a path or pointing at a value. With a path and pointing at a field it complains about what a resolver gave back.
 */
function isAboutTheRequest({ path, nodes, originalError, extensions }: GraphQLError): boolean {
  if (requestCodes.has(extensions.code)) return true
  if (originalError && !(originalError instanceof GraphQLError) && !pointsAtValue(nodes)) return false
  return path === undefined || pointsAtValue(nodes)
}

const pointsAtValue = (nodes: readonly ASTNode[] | undefined): boolean =>
  valueKinds.has(nodes?.[0]?.kind ?? '')

/** An error and what it wraps: graphql-js puts it into `originalError`, Drizzle and we into `cause`. */
function* chainOf(error: unknown): Generator<unknown> {
  let current = error
  for (let depth = 0; current instanceof Error && depth < 10; depth++) {
    yield current
    current = (current instanceof GraphQLError ? current.originalError : undefined) ?? current.cause
  }
}

const causeOf = (error: unknown): unknown =>
  error instanceof GraphQLError ? (error.cause ?? error.originalError ?? error) : error
