import type { Privacy } from '@guildhall/kit/privacy'
import { asc, eq } from 'drizzle-orm'
import { operatorActs } from './tables.ts'

/** What operators did stays: the house must be able to say who mended what. Ids of the erased lead to nobody. */
export const privacy: Privacy = {
  async collect(ctx, userId) {
    const rows = await ctx.db
      .select()
      .from(operatorActs)
      .where(eq(operatorActs.actorId, userId))
      .orderBy(asc(operatorActs.createdAt), asc(operatorActs.id))
    return { operatorActs: rows.map(({ kind, reason, createdAt }) => ({ kind, reason, createdAt })) }
  },
  erase: async () => {},
}
