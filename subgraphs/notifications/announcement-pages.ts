import type { Context, Transaction } from '@guildhall/kit/context'
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { type AnnouncementProgress, announcementCompleted, announcementPageSent } from './contract.ts'
import { deliver } from './deliver.ts'
import { announced } from './domain/notices.ts'
import { type AnnouncementRow, announcementRecipients, announcements } from './tables.ts'

/** Recipients dealt with in one transaction: their inboxes are locked that long. */
export const announcementPageSize = 200

/**
 * Deals with the next page of an announcement's recipients. The ledger remembers who is done, so that a page that was
 * interrupted is done again as a whole and nobody gets the announcement twice.
 */
export async function sendNextPage(
  tx: Transaction,
  ctx: Pick<Context, 'now' | 'newId' | 'signals'>,
  announcementId: string,
): Promise<void> {
  // Locked: were two at work on one announcement, the second would find what the first has left.
  const [announcement] = await tx
    .select()
    .from(announcements)
    .where(and(eq(announcements.id, announcementId), eq(announcements.status, 'SENDING')))
    .for('update')
  if (!announcement) return
  const page = await tx
    .select({ userId: announcementRecipients.userId })
    .from(announcementRecipients)
    .where(
      and(
        eq(announcementRecipients.announcementId, announcementId),
        eq(announcementRecipients.status, 'PENDING'),
      ),
    )
    .orderBy(asc(announcementRecipients.userId))
    .limit(announcementPageSize)
  const userIds = page.map((row) => row.userId)
  const { delivered, suppressed } = await deliver(tx, ctx, announcementId, announced(announcement, userIds))
  await settle(tx, announcementId, 'SENT', delivered)
  await settle(tx, announcementId, 'SUPPRESSED', suppressed)
  await report(tx, ctx, announcement, delivered.length, suppressed.length)
}

/** What other domains, and the next page, are told. */
export const progressOf = (announcement: AnnouncementRow): AnnouncementProgress => ({
  announcementId: announcement.id,
  eventId: announcement.eventId,
  organizationId: announcement.organizationId,
  recipientCount: announcement.recipientCount,
  sentCount: announcement.sentCount,
  suppressedCount: announcement.suppressedCount,
})

async function settle(
  tx: Transaction,
  announcementId: string,
  status: 'SENT' | 'SUPPRESSED',
  userIds: readonly string[],
): Promise<void> {
  if (userIds.length === 0) return
  await tx
    .update(announcementRecipients)
    .set({ status })
    .where(
      and(
        eq(announcementRecipients.announcementId, announcementId),
        inArray(announcementRecipients.userId, [...userIds]),
      ),
    )
}

async function report(
  tx: Transaction,
  ctx: Pick<Context, 'now'>,
  { id, ...before }: AnnouncementRow,
  sent: number,
  suppressed: number,
): Promise<void> {
  const isLast = before.sentCount + before.suppressedCount + sent + suppressed === before.recipientCount
  const [announcement] = await tx
    .update(announcements)
    .set({
      sentCount: sql`${announcements.sentCount} + ${sent}`,
      suppressedCount: sql`${announcements.suppressedCount} + ${suppressed}`,
      ...(isLast ? { status: 'SENT' as const, completedAt: ctx.now() } : {}),
    })
    .where(eq(announcements.id, id))
    .returning()
  if (!announcement) throw new Error('the announcement was locked and is gone')
  await tx.emit(isLast ? announcementCompleted : announcementPageSent, progressOf(announcement))
}
