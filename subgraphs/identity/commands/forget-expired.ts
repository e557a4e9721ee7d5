import type { Context } from '@guildhall/kit/context'
import { and, inArray, isNull, lte, notExists, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { forgottenAfterSeconds } from '../domain/lockout.ts'
import { retentionDays } from '../domain/security-event.ts'
import {
  externalLogins,
  loginChallenges,
  oneTimeTokens,
  passkeyChallenges,
  refreshTokens,
  securityEvents,
  sessions,
  throttles,
} from '../tables.ts'

const batchSize = 5_000
const dayMs = 86_400_000
/** Until then a link from a mail is told to be too old rather than unknown. */
const linksKeptMs = 30 * dayMs
/** Until then a session that has ended can be seen in what happened to the account. */
const endedSessionsKeptMs = 30 * dayMs

/** Removes what counts no more, spent or not. Replicas share the work: none waits for rows that another removes. */
export async function forgetExpired(ctx: Context): Promise<void> {
  const now = ctx.now()
  const before = (ms: number) => new Date(now.getTime() - ms)
  await forget(ctx, refreshTokens.id, lte(refreshTokens.expiresAt, now))
  await forget(ctx, loginChallenges.id, lte(loginChallenges.expiresAt, now))
  await forget(ctx, passkeyChallenges.id, lte(passkeyChallenges.expiresAt, now))
  await forget(ctx, externalLogins.id, lte(externalLogins.expiresAt, now))
  await forget(ctx, oneTimeTokens.id, lte(oneTimeTokens.expiresAt, before(linksKeptMs)))
  const isUnlocked = or(isNull(throttles.lockedUntil), lte(throttles.lockedUntil, now))
  const isForgotten = lte(throttles.lastFailureAt, before(forgottenAfterSeconds * 1000))
  await forget(ctx, throttles.key, and(isForgotten, isUnlocked))
  await forget(ctx, sessions.id, and(hasEnded(before(endedSessionsKeptMs)), notExists(tokensOfSession(ctx))))
  await forget(ctx, securityEvents.id, lte(securityEvents.at, before(retentionDays * dayMs)))
}

/** In batches, so that no statement holds many locks for long. */
async function forget({ db }: Context, key: PgColumn, which: SQL | undefined): Promise<void> {
  const table: PgTable = key.table
  let removed: unknown[]
  do {
    const batch = db
      .select({ key })
      .from(table)
      .where(which)
      .limit(batchSize)
      .for('update', { skipLocked: true })
    removed = await db.delete(table).where(inArray(key, batch)).returning({ one: sql`1` })
  } while (removed.length === batchSize)
}

const hasEnded = (instant: Date): SQL =>
  sql`least(${sessions.revokedAt}, ${sessions.expiresAt}) <= ${instant.toISOString()}::timestamptz`

const tokensOfSession = ({ db }: Context) =>
  db.select({ one: sql`1` }).from(refreshTokens).where(sql`${refreshTokens.sessionId} = ${sessions.id}`)
