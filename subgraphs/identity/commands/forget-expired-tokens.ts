import type { Context } from '@guildhall/kit/context'
import { and, inArray, isNull, lte, or } from 'drizzle-orm'
import { forgottenAfterSeconds } from '../domain/lockout.ts'
import { oneTimeTokens, refreshTokens, throttles } from '../tables.ts'

const batchSize = 5_000
/** Until then a link from a mail is told to be too old rather than unknown. */
const linksKeptMs = 30 * 86_400_000

/** Removes what counts no more: tokens that have expired, spent or not, and failures that are forgotten. */
export async function forgetExpiredTokens(ctx: Context): Promise<void> {
  const now = ctx.now()
  const before = (ms: number) => new Date(now.getTime() - ms)
  const old = ctx.db
    .select({ id: refreshTokens.id })
    .from(refreshTokens)
    .where(lte(refreshTokens.expiresAt, now))
    .orderBy(refreshTokens.expiresAt)
    .limit(batchSize)
    .for('update', { skipLocked: true })
  await ctx.db.delete(refreshTokens).where(inArray(refreshTokens.id, old))
  const oldLinks = ctx.db
    .select({ id: oneTimeTokens.id })
    .from(oneTimeTokens)
    .where(lte(oneTimeTokens.expiresAt, before(linksKeptMs)))
    .orderBy(oneTimeTokens.expiresAt)
    .limit(batchSize)
    .for('update', { skipLocked: true })
  await ctx.db.delete(oneTimeTokens).where(inArray(oneTimeTokens.id, oldLinks))
  const isUnlocked = or(isNull(throttles.lockedUntil), lte(throttles.lockedUntil, now))
  const oldFailures = ctx.db
    .select({ key: throttles.key })
    .from(throttles)
    .where(and(lte(throttles.lastFailureAt, before(forgottenAfterSeconds * 1000)), isUnlocked))
    .orderBy(throttles.lastFailureAt)
    .limit(batchSize)
    .for('update', { skipLocked: true })
  await ctx.db.delete(throttles).where(inArray(throttles.key, oldFailures))
}
