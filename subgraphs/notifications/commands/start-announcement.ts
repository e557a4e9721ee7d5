import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { beginningOf } from '../announcements/audience.ts'
import { begin } from '../announcements/begin.ts'
import { lockAnnouncement, namedAnnouncement, versionConflict } from '../announcements/move.ts'
import contract from '../contract.ts'
import { isEditable } from '../domain/announcement-life.ts'
import type { StartAnnouncementInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { AnnouncementRow } from '../tables.ts'

/** Begins a draft, or what was scheduled, now. */
export async function startAnnouncement(
  ctx: Ctx,
  input: StartAnnouncementInput,
): Promise<Outcome<AnnouncementRow>> {
  const seen = await namedAnnouncement(ctx, input.id)
  if (!seen.ok) return seen
  const beginning = isEditable(seen.value.status)
    ? await beginningOf(ctx, seen.value, seen.value.segment, ['input', 'id'])
    : null
  if (beginning && !beginning.ok) return beginning
  return ctx.transaction(
    'startAnnouncement',
    async (tx) => {
      const current = await lockAnnouncement(tx, input.id)
      // What was read is the audience of the version that was seen.
      const conflict = versionConflict(input.expectedVersion ?? seen.value.version, current)
      if (conflict) return failed(conflict)
      if (!beginning) {
        return failed(
          contract.failure('BROADCAST_NOT_EDITABLE', 'It has begun already, or is over.', ['input', 'id']),
        )
      }
      return done(await begin(ctx, tx, current, beginning.value))
    },
    {},
    input,
  )
}
