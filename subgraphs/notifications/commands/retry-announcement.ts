import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import { failedAgainPending } from '../announcements/ledger.ts'
import { lockAnnouncement, move, namedAnnouncement, versionConflict } from '../announcements/move.ts'
import { announcementLife, nextStatuses, resumedAs } from '../domain/announcement-life.ts'
import { goesOnAt } from '../domain/announcement-pace.ts'
import type { RetryAnnouncementInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { AnnouncementRow } from '../tables.ts'

/** Tries once more what failed: reading the audience, or the recipients that could not be given it. */
export async function retryAnnouncement(
  ctx: Ctx,
  input: RetryAnnouncementInput,
): Promise<Outcome<AnnouncementRow>> {
  const seen = await namedAnnouncement(ctx, input.id)
  if (!seen.ok) return seen
  return ctx.transaction(
    'retryAnnouncement',
    async (tx) => {
      const current = await lockAnnouncement(tx, input.id)
      const conflict = versionConflict(input.expectedVersion, current)
      if (conflict) return failed(conflict)
      const to = resumedAs(current)
      const isOver = current.status === 'SENT' || current.status === 'FAILED'
      if (!isOver || !nextStatuses(current).includes(to)) {
        return failed(illegalTransition(announcementLife, current.status, to, ['input', 'id']))
      }
      await failedAgainPending(tx, current.id)
      const change = { failedCount: 0, failure: null, completedAt: null, attempts: 0 }
      return done(await move(ctx, tx, current, to, { ...change, nextStepAt: goesOnAt(current, ctx.now()) }))
    },
    {},
    input,
  )
}
