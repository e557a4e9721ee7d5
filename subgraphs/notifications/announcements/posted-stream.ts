import { BadUserInput } from '@guildhall/kit/errors'
import { isId } from '@guildhall/kit/ids'
import { lookAgain } from '@guildhall/kit/look-again'
import { and, asc, eq, isNotNull } from 'drizzle-orm'
import type { Ctx } from '../loaders.ts'
import { announcementRecipients, announcements, type PostedAnnouncementRow } from '../tables.ts'

/**
 * What the caller is told about an event from now on, each once: the ledger says to whom an announcement went. An event
 * has few announcements, so those that were told are remembered instead of a position.
 *
 * @throws BadUserInput for what is no id of an event. An event that the caller has nothing to do with tells nothing.
 */
export async function watchPosted(
  ctx: Ctx,
  eventId: string,
): Promise<AsyncIterableIterator<PostedAnnouncementRow>> {
  const { userId } = ctx.requireViewer()
  if (!isId('evt', eventId)) throw new BadUserInput('This is no id of an event.')
  const told = new Set((await postedTo(ctx, eventId, userId)).map(({ id }) => id))

  return lookAgain<PostedAnnouncementRow>(ctx, { channel: 'inbox', key: userId }, async ({ push }) => {
    for (const posted of await postedTo(ctx, eventId, userId)) {
      if (told.has(posted.id)) continue
      told.add(posted.id)
      push(posted)
    }
  })
}

/** Announcements of an event that went to somebody, the oldest first. */
async function postedTo(ctx: Ctx, eventId: string, userId: string): Promise<PostedAnnouncementRow[]> {
  const rows = await ctx.db
    .select({
      id: announcements.id,
      subject: announcements.subject,
      body: announcements.body,
      postedAt: announcementRecipients.settledAt,
    })
    .from(announcements)
    .innerJoin(announcementRecipients, eq(announcementRecipients.announcementId, announcements.id))
    .where(
      and(
        eq(announcements.eventId, eventId),
        eq(announcementRecipients.userId, userId),
        eq(announcementRecipients.status, 'SENT'),
        isNotNull(announcementRecipients.settledAt),
      ),
    )
    .orderBy(asc(announcementRecipients.settledAt), asc(announcements.id))
  return rows.flatMap(({ postedAt, ...row }) => (postedAt ? [{ ...row, eventId, postedAt }] : []))
}
