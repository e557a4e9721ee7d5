import type { Ctx } from '../loaders.ts'
import type { UserRow } from '../tables.ts'

/** The user of a row of ours; a foreign key says that it is there. */
export async function userOf(ctx: Ctx, userId: string): Promise<UserRow> {
  const user = await ctx.loaders.user.load(userId)
  if (!user) throw new Error(`user ${userId} is gone`)
  return user
}
