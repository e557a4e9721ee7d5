import type { Outcome } from '@guildhall/kit/outcome'
import { moveNamed } from '../announcements/move-named.ts'
import type { PauseAnnouncementInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { AnnouncementRow } from '../tables.ts'

/** Halts an announcement. The page at hand is finished; the next one is not begun. */
export const pauseAnnouncement = (
  ctx: Ctx,
  input: PauseAnnouncementInput,
): Promise<Outcome<AnnouncementRow>> =>
  moveNamed(ctx, 'pauseAnnouncement', input, () => ({ to: 'PAUSED', change: { nextStepAt: null } }))
