import type { Context, Transaction } from '@guildhall/kit/context'
import { lt, lte, sql } from 'drizzle-orm'
import type { Notice } from '../domain/notice.ts'
import { repeats } from '../tables.ts'

/**
 * Leaves out what recipients were told within the window already. Whoever tells first holds the key until the
 * transaction ends, so that of rivals one tells.
 */
export async function withoutRepeats(
  tx: Transaction,
  ctx: Pick<Context, 'now'>,
  notices: readonly Notice[],
): Promise<Notice[]> {
  const now = ctx.now()
  const keyed = notices.flatMap(({ recipientId, dedupe }) =>
    dedupe
      ? [{ recipientId, key: dedupe.key, until: new Date(now.getTime() + dedupe.windowSeconds * 1_000) }]
      : [],
  )
  if (keyed.length === 0) return [...notices]
  const fresh = await tx
    .insert(repeats)
    .values(keyed)
    .onConflictDoUpdate({
      target: [repeats.recipientId, repeats.key],
      set: { until: sql`excluded.until` },
      setWhere: lte(repeats.until, now),
    })
    .returning({ recipientId: repeats.recipientId })
  const told = new Set(fresh.map((row) => row.recipientId))
  return notices.filter(({ recipientId, dedupe }) => !dedupe || told.has(recipientId))
}

/** Keys whose window is over keep nobody from being told. */
export async function forgetOldRepeats(ctx: Context): Promise<void> {
  await ctx.db.delete(repeats).where(lt(repeats.until, ctx.now()))
}
