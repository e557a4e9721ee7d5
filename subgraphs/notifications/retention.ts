import type { Context } from '@guildhall/kit/context'
import { done } from '@guildhall/kit/outcome'
import { and, asc, eq, lt, max, sql } from 'drizzle-orm'
import { notifications, recipients } from './tables.ts'

/** Notifications are kept this long, read or not. */
export const retentionDays = 180

const batchSize = 100

/** Removes what is too old, inbox by inbox. A cursor that points before it is answered with a GAP. */
export async function forgetOldNotifications(ctx: Context): Promise<void> {
  const before = new Date(ctx.now().getTime() - retentionDays * 24 * 3_600_000)
  let found: number
  do {
    const oldest = await ctx.db
      .select({ recipientId: notifications.recipientId })
      .from(notifications)
      .where(lt(notifications.createdAt, before))
      .orderBy(asc(notifications.createdAt))
      .limit(batchSize)
    for (const recipientId of new Set(oldest.map((row) => row.recipientId))) {
      await forgetOf(ctx, recipientId, before)
    }
    found = oldest.length
  } while (found === batchSize)
}

const forgetOf = (ctx: Context, recipientId: string, before: Date) =>
  ctx.transaction('forgetOldNotifications', async (tx) => {
    await tx.select().from(recipients).where(eq(recipients.id, recipientId)).for('update')
    const forgotten = tx.$with('forgotten').as(
      tx
        .delete(notifications)
        .where(and(eq(notifications.recipientId, recipientId), lt(notifications.createdAt, before)))
        .returning({ seq: notifications.seq, readAt: notifications.readAt }),
    )
    const [gone] = await tx
      .with(forgotten)
      .select({
        seq: max(forgotten.seq),
        unread: sql<number>`(count(*) filter (where ${forgotten.readAt} is null))::int`,
      })
      .from(forgotten)
    if (gone?.seq == null) return done(null)
    await tx
      .update(recipients)
      .set({
        forgottenSeq: sql`greatest(${recipients.forgottenSeq}, ${gone.seq})`,
        unread: sql`${recipients.unread} - ${gone.unread}`,
        // Open streams learn of the new count.
        revision: sql`${recipients.revision} + 1`,
      })
      .where(eq(recipients.id, recipientId))
    tx.afterCommit(() => ctx.signals.send('inbox', [recipientId]))
    return done(null)
  })
