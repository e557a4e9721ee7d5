import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import {
  lockAnnouncement,
  move,
  namedAnnouncement,
  stepRefusal,
  versionConflict,
} from '../announcements/move.ts'
import { scheduleProblems } from '../domain/announcement-draft.ts'
import type { ScheduleAnnouncementInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { AnnouncementRow } from '../tables.ts'

/** Has an announcement begin at a time. Whom it is for is read then. */
export async function scheduleAnnouncement(
  ctx: Ctx,
  input: ScheduleAnnouncementInput,
): Promise<Outcome<AnnouncementRow>> {
  const seen = await namedAnnouncement(ctx, input.id)
  if (!seen.ok) return seen
  const problems = scheduleProblems(input.at, ctx.now())
  if (problems.length > 0) return failed(...problems)
  return ctx.transaction(
    'scheduleAnnouncement',
    async (tx) => {
      const current = await lockAnnouncement(tx, input.id)
      const refusal = versionConflict(input.expectedVersion, current) ?? stepRefusal(current, 'SCHEDULED')
      if (refusal) return failed(refusal)
      return done(await move(ctx, tx, current, 'SCHEDULED', { scheduledAt: input.at, nextStepAt: input.at }))
    },
    {},
    input,
  )
}
