import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { placeOf } from '../announcements/audience.ts'
import { draft, draftProblems } from '../announcements/draft.ts'
import { segmentOf } from '../domain/segment.ts'
import type { DraftAnnouncementInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { AnnouncementRow } from '../tables.ts'

/** Writes an announcement that nobody gets yet. */
export async function draftAnnouncement(
  ctx: Ctx,
  input: DraftAnnouncementInput,
): Promise<Outcome<AnnouncementRow>> {
  const place = await placeOf(ctx, input)
  if (!place.ok) return place
  const problems = draftProblems(input, input.segment, place.value)
  const segment = segmentOf(input.segment, place.value.eventId)
  if (problems.length > 0 || !('include' in segment)) return failed(...problems)
  return ctx.transaction(
    'draftAnnouncement',
    async (tx) => done(await draft(ctx, tx, place.value, segment, input)),
    {},
    input,
  )
}
