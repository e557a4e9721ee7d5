import { GraphQLError } from 'graphql'

/** Codes that leave the house in `extensions.code`; `docs/protocol.md` explains each to clients. */
export const errorCodes = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'STEP_UP_REQUIRED',
  'BAD_USER_INPUT',
  'CONFLICT',
  'RATE_LIMITED',
  'SERVICE_UNAVAILABLE',
  'GATEWAY_TIMEOUT',
  'INTERNAL_SERVER_ERROR',
] as const

export type ErrorCode = (typeof errorCodes)[number]

const retryableCodes: ReadonlySet<string> = new Set([
  'CONFLICT',
  'RATE_LIMITED',
  'SERVICE_UNAVAILABLE',
  'GATEWAY_TIMEOUT',
])

/** Whether the same request may succeed later without being changed. */
export const isRetryable = (code: string): boolean => retryableCodes.has(code)

/** Base of everything we throw on purpose: the message is for people, `cause` is for us and never leaves. */
export class HouseError extends GraphQLError {
  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message, { extensions: { code } })
    if (cause !== undefined) this.cause = cause
  }
}

/** Refusal: nobody is logged in, or the token is not good. */
export class Unauthenticated extends HouseError {
  constructor(message = 'You must be logged in.', cause?: unknown) {
    super('UNAUTHENTICATED', message, cause)
  }
}

/** Refusal: the caller is known and may not do this. Objects the caller may not *see* answer null instead. */
export class Forbidden extends HouseError {
  constructor(message = 'You are not allowed to do this.', cause?: unknown) {
    super('FORBIDDEN', message, cause)
  }
}

/** Refusal: the caller may do this, but has to prove once more who they are (identity's `stepUp`), and try again. */
export class StepUpRequired extends HouseError {
  constructor(message = 'Prove that it is you, then try again.', cause?: unknown) {
    super('STEP_UP_REQUIRED', message, cause)
  }
}

/** Refusal: an argument cannot be understood (malformed cursor, foreign id type, page size out of range). */
export class BadUserInput extends HouseError {
  constructor(message: string, cause?: unknown) {
    super('BAD_USER_INPUT', message, cause)
  }
}

/** Refusal: lost a race that is worth retrying with fresh data. */
export class Conflict extends HouseError {
  constructor(message: string, cause?: unknown) {
    super('CONFLICT', message, cause)
  }
}

/** Refusal: too many calls. */
export class RateLimited extends HouseError {
  constructor(message = 'Too many requests, try again later.', cause?: unknown) {
    super('RATE_LIMITED', message, cause)
  }
}

/** Fault: something we depend on is away. */
export class ServiceUnavailable extends HouseError {
  constructor(message = 'A part of the service is not available, try again.', cause?: unknown) {
    super('SERVICE_UNAVAILABLE', message, cause)
  }
}

/** Fault: something we depend on did not answer before its deadline. */
export class GatewayTimeout extends HouseError {
  constructor(message = 'A part of the service did not answer in time.', cause?: unknown) {
    super('GATEWAY_TIMEOUT', message, cause)
  }
}
