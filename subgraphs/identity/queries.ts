import { historyMax } from '@guildhall/kit/history'
import { desc, eq } from 'drizzle-orm'
import { normalizeEmail } from './domain/email.ts'
import type { Ctx } from './loaders.ts'
import { type SigningKeyRow, signingKeys, users } from './tables.ts'

/** The account that has this address. */
export async function userIdByEmail(ctx: Ctx, email: string): Promise<string | null> {
  const [found] = await ctx.db
    .select({ id: users.id })
    .from(users)
    .where(eq(users.email, normalizeEmail(email)))
  return found?.id ?? null
}

/** The latest signing keys, whatever became of them. */
export async function signingKeyRing(ctx: Ctx): Promise<SigningKeyRow[]> {
  ctx.require('keys:manage', { organizationId: null })
  return ctx.db
    .select()
    .from(signingKeys)
    .orderBy(desc(signingKeys.createdAt), desc(signingKeys.kid))
    .limit(historyMax)
}
