import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq, sql } from 'drizzle-orm'
import { lockAnnouncement, namedAnnouncement, versionConflict } from '../announcements/move.ts'
import contract from '../contract.ts'
import { announcementProblems } from '../domain/announcement-draft.ts'
import { isEditable } from '../domain/announcement-life.ts'
import { segmentOf } from '../domain/segment.ts'
import type { UpdateAnnouncementInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type AnnouncementRow, announcements } from '../tables.ts'

/** Changes what has not begun. What is left out stays; a rate of null is no rate. */
export async function updateAnnouncement(
  ctx: Ctx,
  input: UpdateAnnouncementInput,
): Promise<Outcome<AnnouncementRow>> {
  const seen = await namedAnnouncement(ctx, input.id)
  if (!seen.ok) return seen
  return ctx.transaction(
    'updateAnnouncement',
    async (tx) => {
      const current = await lockAnnouncement(tx, input.id)
      const conflict = versionConflict(input.expectedVersion, current)
      if (conflict) return failed(conflict)
      if (!isEditable(current.status)) return failed(notEditable())
      const next = {
        subject: input.subject ?? current.subject,
        body: input.body ?? current.body,
        ratePerMinute: input.ratePerMinute === undefined ? current.ratePerMinute : input.ratePerMinute,
        channels: input.channels ?? current.channels,
      }
      const segment = input.segment == null ? current.segment : segmentOf(input.segment, current.eventId)
      const problems = [...announcementProblems(next), ...('include' in segment ? [] : segment)]
      if (problems.length > 0 || !('include' in segment)) return failed(...problems)
      const [updated] = await tx
        .update(announcements)
        .set({
          segment,
          subject: next.subject.trim(),
          body: next.body.trim(),
          ratePerMinute: next.ratePerMinute,
          channels: [...new Set(next.channels)],
          version: sql`${announcements.version} + 1`,
          updatedAt: ctx.now(),
        })
        .where(eq(announcements.id, current.id))
        .returning()
      if (!updated) throw new Error('the announcement was locked and is gone')
      return done(updated)
    },
    {},
    input,
  )
}

const notEditable = () =>
  contract.failure('BROADCAST_NOT_EDITABLE', 'Only what has not begun can be changed.', ['input', 'id'])
