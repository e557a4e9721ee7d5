import { GraphQLError } from 'graphql'

/** What the code of an error that stopped an operation is over HTTP, where the error does not say it itself. */
const statuses: Readonly<Record<string, number>> = {
  BAD_REQUEST: 400,
  BAD_USER_INPUT: 400,
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  INTROSPECTION_DISABLED: 400,
  MAX_ALIASES_LIMIT: 400,
  MAX_DEPTH_LIMIT: 400,
  MAX_DIRECTIVES_LIMIT: 400,
  MAX_FIELDS_LIMIT: 400,
  MAX_ROOT_FIELDS_LIMIT: 400,
  OPERATION_RESOLUTION_FAILURE: 400,
  UNAUTHENTICATED: 401,
  RATE_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
  GATEWAY_TIMEOUT: 504,
}

/** @param otherwise where neither the error nor its code says it. */
export function statusOf(error: unknown, otherwise: number): number {
  if (!(error instanceof GraphQLError)) return otherwise
  const { http, code } = error.extensions
  return httpOf(http).status ?? statuses[String(code)] ?? otherwise
}

/** Headers that an error asks for. */
export const headersOf = (error: unknown): Readonly<Record<string, string>> =>
  (error instanceof GraphQLError ? httpOf(error.extensions.http).headers : undefined) ?? {}

interface HttpExtension {
  status?: number
  headers?: Readonly<Record<string, string>>
}

const httpOf = (http: unknown): HttpExtension =>
  typeof http === 'object' && http !== null ? (http as HttpExtension) : {}
