import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { beginningOf, placeOf } from '../announcements/audience.ts'
import { begin } from '../announcements/begin.ts'
import { draft, draftProblems } from '../announcements/draft.ts'
import { segmentOf } from '../domain/segment.ts'
import type { SendAnnouncementInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { AnnouncementRow } from '../tables.ts'

/** Writes an announcement and begins it at once. A small audience is fixed now, a large one in the background. */
export async function sendAnnouncement(
  ctx: Ctx,
  input: SendAnnouncementInput,
): Promise<Outcome<AnnouncementRow>> {
  const place = await placeOf(ctx, input)
  if (!place.ok) return place
  const problems = draftProblems(input, input.segment, place.value)
  const segment = segmentOf(input.segment, place.value.eventId)
  if (problems.length > 0 || !('include' in segment)) return failed(...problems)
  const placeOfSegment = ['input', 'segment', ...(input.segment.status == null ? [] : ['status'])]
  const beginning = await beginningOf(ctx, place.value, segment, placeOfSegment)
  if (!beginning.ok) return beginning

  return ctx.transaction(
    'sendAnnouncement',
    async (tx) => {
      const announcement = await draft(ctx, tx, place.value, segment, input)
      return done(await begin(ctx, tx, announcement, beginning.value))
    },
    {},
    input,
  )
}
