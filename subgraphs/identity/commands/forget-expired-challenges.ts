import type { Context } from '@guildhall/kit/context'
import { lte } from 'drizzle-orm'
import { loginChallenges, passkeyChallenges } from '../tables.ts'

/** Removes what waited in vain for a second proof or for an authenticator. */
export async function forgetExpiredChallenges(ctx: Context): Promise<void> {
  await ctx.db.delete(loginChallenges).where(lte(loginChallenges.expiresAt, ctx.now()))
  await ctx.db.delete(passkeyChallenges).where(lte(passkeyChallenges.expiresAt, ctx.now()))
}
