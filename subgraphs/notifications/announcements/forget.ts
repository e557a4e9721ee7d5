import type { Transaction } from '@guildhall/kit/context'
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { announcementRecipients, announcements } from '../tables.ts'
import { type Mover, move } from './move.ts'

/** Takes a person who is erased out of what is still being sent: they do not get it, and the counts still add up. */
export async function leaveOpenAnnouncements(tx: Transaction, userId: string, now: Date): Promise<void> {
  const isTheirs = and(
    eq(announcementRecipients.userId, userId),
    eq(announcementRecipients.status, 'PENDING'),
  )
  const open = await tx
    .select({ id: announcements.id })
    .from(announcements)
    .where(inArray(announcements.status, ['PREPARING', 'SENDING', 'PAUSED', 'FAILED']))
    .orderBy(asc(announcements.id))
    .for('update')
  for (const { id } of open) {
    const left = await tx
      .update(announcementRecipients)
      .set({ status: 'SUPPRESSED', reason: 'ERASED', settledAt: now })
      .where(and(eq(announcementRecipients.announcementId, id), isTheirs))
      .returning({ userId: announcementRecipients.userId })
    if (left.length === 0) continue
    await tx
      .update(announcements)
      .set({ suppressedCount: sql`${announcements.suppressedCount} + 1` })
      .where(eq(announcements.id, id))
  }
}

/** With its organization an announcement ends, unless it is over. */
export async function endAnnouncementsOf(tx: Transaction, ctx: Mover, organizationId: string): Promise<void> {
  const open = await tx
    .select()
    .from(announcements)
    .where(
      and(
        eq(announcements.organizationId, organizationId),
        inArray(announcements.status, ['DRAFT', 'SCHEDULED', 'PREPARING', 'SENDING', 'PAUSED', 'FAILED']),
      ),
    )
    .orderBy(asc(announcements.id))
    .for('update')
  for (const announcement of open) {
    await move(ctx, tx, announcement, 'CANCELLED', { nextStepAt: null, completedAt: ctx.now() })
  }
}
