import type { EventRow } from '../tables.ts'
import type { EventDraft } from './event-draft.ts'
import { movedWith } from './moved-with.ts'

/** What an event like another is when it starts at another time. */
export function clonedDraft(event: EventRow, title: string, startsAt: Date): EventDraft {
  const {
    id: _id,
    organizationId: _organization,
    createdById: _creator,
    status: _status,
    slug: _slug,
    version: _version,
    createdAt: _created,
    updatedAt: _updated,
    ...draft
  } = event
  const moved = movedWith(event.timezone, event.startsAt, startsAt)
  const movedOrNone = (at: Date | null) => at && moved(at)
  return {
    ...draft,
    title,
    startsAt,
    endsAt: moved(event.endsAt),
    registrationOpensAt: movedOrNone(event.registrationOpensAt),
    registrationClosesAt: movedOrNone(event.registrationClosesAt),
    submissionDeadline: movedOrNone(event.submissionDeadline),
  }
}
