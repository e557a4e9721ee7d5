import type { Context, Transaction } from '@guildhall/kit/context'
import { and, gt, isNull, type SQL } from 'drizzle-orm'
import { sessionRevoked } from '../contract.ts'
import { type SessionRow, sessions } from '../tables.ts'

/**
 * Ends those of the sessions that are live, tells other domains, and after the commit wakes the routers, so that the
 * access tokens of these sessions are refused at once. @returns how many were ended.
 */
export async function revokeSessions(
  ctx: Context,
  tx: Transaction,
  reason: NonNullable<SessionRow['revokedReason']>,
  which: SQL | undefined,
): Promise<number> {
  const now = ctx.now()
  const ended = await tx
    .update(sessions)
    .set({ revokedAt: now, revokedReason: reason })
    .where(and(which, isLive(now)))
    .returning()
  for (const { id, userId } of ended) await tx.emit(sessionRevoked, { userId, sessionId: id, reason })
  tx.afterCommit(() => ctx.signals.send('principal', [...new Set(ended.map((session) => session.userId))]))
  return ended.length
}

/** Sessions that have neither been ended nor reached their end. */
export const isLive = (now: Date): SQL | undefined =>
  and(isNull(sessions.revokedAt), gt(sessions.expiresAt, now))
