import postgres from 'postgres'
import { Conflict, GatewayTimeout, type HouseError, ServiceUnavailable } from './errors.ts'

/** The database's own error inside whatever wraps it (Drizzle puts it into `cause`), or null. */
export function postgresError(error: unknown): postgres.PostgresError | null {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof postgres.PostgresError) return current
  }
  return null
}

const connectionCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  '57P01',
  '57P02',
  '57P03',
  '53300',
])

/** Whether the database could not be reached (rather than refused the statement). */
export function isDatabaseAway(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    const code = (current as { code?: unknown }).code
    if (typeof code === 'string' && connectionCodes.has(code)) return true
  }
  return false
}

/** SQLSTATE → what it means to a caller when it reaches the surface. Everything else is our mistake. */
const faults: Readonly<Record<string, (cause: unknown) => HouseError>> = {
  // Statement timeout.
  '57014': (cause) => new GatewayTimeout(undefined, cause),
  // Lock timeout.
  '55P03': (cause) => new ServiceUnavailable('This object is busy, try again.', cause),
  // Serialization failure, deadlock.
  '40001': (cause) => new Conflict('Too many callers at once, try again.', cause),
  '40P01': (cause) => new Conflict('Too many callers at once, try again.', cause),
  // Disk full, out of memory.
  '53100': (cause) => new ServiceUnavailable(undefined, cause),
  '53200': (cause) => new ServiceUnavailable(undefined, cause),
}

/** The database's condition as one of our errors, or null when the error says nothing about it. */
export function databaseFault(error: unknown): HouseError | null {
  if (isDatabaseAway(error)) return new ServiceUnavailable(undefined, error)
  const code = postgresError(error)?.code
  return (code && faults[code]?.(error)) || null
}
