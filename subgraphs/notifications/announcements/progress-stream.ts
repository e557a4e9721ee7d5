import { BadUserInput } from '@guildhall/kit/errors'
import { pushIterator } from '@guildhall/kit/push-iterator'
import { eq } from 'drizzle-orm'
import { isOver } from '../domain/announcement-life.ts'
import type { Ctx } from '../loaders.ts'
import { type AnnouncementRow, announcements } from '../tables.ts'
import { progressSignal } from './move.ts'

/** Signals may get lost; then it takes this long until a change is seen. */
const pollMs = 5_000

/**
 * An announcement as it is now, then again whenever something has changed, until it is over. Signals only say "look
 * again"; a reader that is slow is told less often, never of what is no longer so.
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
  let waiting = 0
  let looking = false
  let lookAgain = false
  let wake = () => {}

  return pushIterator<AnnouncementRow>(({ push, end, onTaken }) => {
    let ended = false
    const look = async () => {
      const [row] = await ctx.db.select().from(announcements).where(eq(announcements.id, id))
      if (ended || !row) return end()
      const state = stateOf(row)
      if (state !== told) {
        told = state
        waiting += 1
        push(row)
      }
      if (isOver(row.status)) end()
    }
    wake = () => {
      lookAgain = true
      if (looking || ended || waiting > 0) return
      looking = true
      lookAgain = false
      look()
        // The database may be back at the next poll.
        .catch((error: unknown) => ctx.log.warn({ err: error }, 'announcement not read'))
        .finally(() => {
          looking = false
          if (lookAgain) wake()
        })
    }
    onTaken(() => {
      waiting -= 1
      if (waiting === 0 && lookAgain) wake()
    })
    const stopListening = ctx.signals.listen(progressSignal, (key) => {
      if (key === null || key === id) wake()
    })
    const poll = setInterval(wake, pollMs)
    wake()
    return () => {
      ended = true
      stopListening()
      clearInterval(poll)
    }
  })
}

/** What is worth telling of. */
const stateOf = (row: AnnouncementRow): string =>
  [row.version, row.status, row.recipientCount, row.sentCount, row.suppressedCount, row.failedCount].join(' ')
