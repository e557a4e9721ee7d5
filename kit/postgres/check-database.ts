import postgres from 'postgres'
import { StartProblem } from './start-problem.ts'

const oldestVersion = 15

/**
 * Proves that a PostgreSQL server of somebody's own answers and is new enough.
 *
 * @throws {@link StartProblem} that says in one line what is wrong; it never repeats the password.
 */
export async function checkDatabase(url: string): Promise<void> {
  refuseMalformedUrl(url)
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} })
  try {
    const [row] = await sql`select current_setting('server_version_num')::int / 10000 as major`
    if (Number(row?.major) >= oldestVersion) return
    throw new StartProblem(
      `The database server is PostgreSQL ${row?.major}; at least ${oldestVersion} is needed.`,
    )
  } catch (error) {
    throw databaseProblem(error, url)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** Turns a failure to reach or enter the database into a {@link StartProblem}; leaves other errors as they are. */
export function databaseProblem(error: unknown, url: string): unknown {
  const { code, message } = error as { code?: string; message?: string }
  const reason =
    reasons[code ?? ''] ?? (message && /ssl|tls|certificate/i.test(message) ? message : undefined)
  if (reason === undefined) return error
  return new StartProblem(
    `The database at ${placeOf(url)} cannot be used: ${reason}. Check DATABASE_URL.`,
    error,
  )
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was closed',
  CONNECTION_CLOSED: 'the connection was closed',
  CONNECT_TIMEOUT: 'no answer within 5 seconds',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ENOTFOUND: 'the host is unknown',
  EAI_AGAIN: 'the host is unknown',
  '28P01': 'the password is wrong',
  '28000': 'the user is not allowed in',
  '3D000': 'there is no such database',
  '42501': 'the user lacks a permission',
  '53300': 'it has no connection left',
  '57P03': 'it is still starting or shutting down',
}

/** @throws {@link StartProblem} when the text is not a URL of a PostgreSQL database. */
export function refuseMalformedUrl(url: string): void {
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return
  throw new StartProblem('DATABASE_URL is not a URL of the form postgres://user:password@host:port/database.')
}

function placeOf(url: string): string {
  const { host, pathname } = new URL(url)
  return `${host || 'the local socket'}${pathname}`
}
