import type { Context } from '@guildhall/kit/context'
import { inArray, lte } from 'drizzle-orm'
import { refreshTokens } from '../tables.ts'

const batchSize = 5_000

/** Removes refresh tokens that have expired: spent or not, they are refused either way. */
export async function forgetExpiredTokens(ctx: Context): Promise<void> {
  const old = ctx.db
    .select({ id: refreshTokens.id })
    .from(refreshTokens)
    .where(lte(refreshTokens.expiresAt, ctx.now()))
    .orderBy(refreshTokens.expiresAt)
    .limit(batchSize)
    .for('update', { skipLocked: true })
  await ctx.db.delete(refreshTokens).where(inArray(refreshTokens.id, old))
}
