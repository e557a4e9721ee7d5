import type { Context } from '@guildhall/kit/context'
import { done } from '@guildhall/kit/outcome'
import { and, asc, eq, inArray, isNull, lt, max, or, type SQL, sql } from 'drizzle-orm'
import { type NotificationState, unreadStates } from '../domain/notification-states.ts'
import { notifications, recipients } from '../tables.ts'
import { lockInboxes } from './change-notifications.ts'

/** Notifications are kept this long, read or not; those put off until they have come back, and then a while. */
export const retentionDays = 180
const wokenDays = 30

const batchSize = 100

/** Removes what is too old, inbox by inbox. A cursor that points before it is answered with a GAP. */
export async function forgetOldNotifications(ctx: Context): Promise<void> {
  const old = tooOld(ctx.now())
  let found: number
  do {
    const oldest = await ctx.db
      .select({ recipientId: notifications.recipientId })
      .from(notifications)
      .where(old)
      .orderBy(asc(notifications.createdAt))
      .limit(batchSize)
    for (const recipientId of new Set(oldest.map((row) => row.recipientId))) {
      await forgetOf(ctx, recipientId, old)
    }
    found = oldest.length
  } while (found === batchSize)
}

function tooOld(now: Date): SQL | undefined {
  const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * 3_600_000)
  return and(
    lt(notifications.createdAt, daysAgo(retentionDays)),
    isNull(notifications.snoozedUntil),
    or(isNull(notifications.wokenAt), lt(notifications.wokenAt, daysAgo(wokenDays))),
  )
}

const forgetOf = (ctx: Context, recipientId: string, old: SQL | undefined) =>
  ctx.transaction('forgetOldNotifications', async (tx) => {
    await lockInboxes(tx, [recipientId])
    const forgotten = tx.$with('forgotten').as(
      tx
        .delete(notifications)
        .where(and(eq(notifications.recipientId, recipientId), old))
        .returning({ seq: notifications.seq, state: notifications.state }),
    )
    const goneAs = (states: readonly NotificationState[]) =>
      sql<number>`(count(*) filter (where ${forgotten.seq} is not null and ${inArray(forgotten.state, [...states])}))::int`
    const [gone] = await tx
      .with(forgotten)
      .select({
        seq: max(forgotten.seq),
        unseen: goneAs(['UNSEEN']),
        unread: goneAs(unreadStates),
        archived: goneAs(['ARCHIVED']),
      })
      .from(forgotten)
    if (gone?.seq == null) return done(null)
    await tx
      .update(recipients)
      .set({
        forgottenSeq: sql`greatest(${recipients.forgottenSeq}, ${gone.seq})`,
        unseen: sql`${recipients.unseen} - ${gone.unseen}`,
        unread: sql`${recipients.unread} - ${gone.unread}`,
        archived: sql`${recipients.archived} - ${gone.archived}`,
        // Open streams learn of the new counts.
        revision: sql`${recipients.revision} + 1`,
      })
      .where(eq(recipients.id, recipientId))
    tx.afterCommit(() => ctx.signals.send('inbox', [recipientId]))
    return done(null)
  })
