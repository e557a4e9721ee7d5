import type { Outcome } from '@guildhall/kit/outcome'
import { moveNamed } from '../announcements/move-named.ts'
import { resumedAs } from '../domain/announcement-life.ts'
import { goesOnAt } from '../domain/announcement-pace.ts'
import type { ResumeAnnouncementInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { AnnouncementRow } from '../tables.ts'

/** Goes on with an announcement that was paused, where it stopped. */
export const resumeAnnouncement = (
  ctx: Ctx,
  input: ResumeAnnouncementInput,
): Promise<Outcome<AnnouncementRow>> =>
  moveNamed(ctx, 'resumeAnnouncement', input, (current, now) =>
    current.status === 'PAUSED'
      ? { to: resumedAs(current), change: { nextStepAt: goesOnAt(current, now), attempts: 0 } }
      : null,
  )
