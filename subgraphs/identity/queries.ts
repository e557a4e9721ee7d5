import { eq } from 'drizzle-orm'
import { normalizeEmail } from './domain/email.ts'
import type { Ctx } from './loaders.ts'
import { users } from './tables.ts'

/** The account that has this address. */
export async function userIdByEmail(ctx: Ctx, email: string): Promise<string | null> {
  const [found] = await ctx.db
    .select({ id: users.id })
    .from(users)
    .where(eq(users.email, normalizeEmail(email)))
  return found?.id ?? null
}
