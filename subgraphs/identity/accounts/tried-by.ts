import type { Context } from '@guildhall/kit/context'
import { eq } from 'drizzle-orm'
import type { Tried } from '../passwords/check-password.ts'
import { passwordCredentials, users } from '../tables.ts'

/** What is needed to check the password of somebody who is logged in; null: no such person. */
export async function triedBy(
  ctx: Context,
  userId: string,
): Promise<(Tried & { userId: string; displayName: string }) | null> {
  const [found] = await ctx.db
    .select({ email: users.email, displayName: users.displayName, hash: passwordCredentials.hash })
    .from(users)
    .leftJoin(passwordCredentials, eq(passwordCredentials.userId, users.id))
    .where(eq(users.id, userId))
  return found?.email ? { ...found, email: found.email, userId } : null
}
