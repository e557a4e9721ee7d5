import type { Outcome } from '@guildhall/kit/outcome'
import { moveNamed } from '../announcements/move-named.ts'
import type { CancelAnnouncementInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { AnnouncementRow } from '../tables.ts'

/** Ends an announcement for good. Whoever has it keeps it; whoever has not does not get it. */
export const cancelAnnouncement = (
  ctx: Ctx,
  input: CancelAnnouncementInput,
): Promise<Outcome<AnnouncementRow>> =>
  moveNamed(ctx, 'cancelAnnouncement', input, (_, now) => ({
    to: 'CANCELLED',
    change: { nextStepAt: null, completedAt: now },
  }))
