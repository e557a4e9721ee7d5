import { BadUserInput } from '@guildhall/kit/errors'
import { lookAgain } from '@guildhall/kit/look-again'
import { eq } from 'drizzle-orm'
import { isOver } from '../domain/announcement-life.ts'
import type { Ctx } from '../loaders.ts'
import { type AnnouncementRow, announcements } from '../tables.ts'
import { progressSignal } from './move.ts'

/**
 * An announcement as it is now, then again whenever something has changed, until it is over. A reader that is slow is told
 * less often, never of what is no longer so.
 *
 * @throws BadUserInput when there is none that the caller may see.
 */
export async function watchAnnouncement(
  ctx: Ctx,
  id: string,
): Promise<AsyncIterableIterator<AnnouncementRow>> {
  const seen = await ctx.loaders.announcement.load(id)
  if (!seen) throw new BadUserInput('There is no such announcement.')
  let told = ''
  return lookAgain<AnnouncementRow>(ctx, { channel: progressSignal, key: id }, async ({ push, end }) => {
    const [row] = await ctx.db.select().from(announcements).where(eq(announcements.id, id))
    if (!row) return end()
    const state = stateOf(row)
    if (state !== told) push(row)
    told = state
    if (isOver(row.status)) end()
  })
}

/** What is worth telling of. */
const stateOf = (row: AnnouncementRow): string =>
  [row.version, row.status, row.recipientCount, row.sentCount, row.suppressedCount, row.failedCount].join(' ')
