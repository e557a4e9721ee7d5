import type { EventTerms } from '../contract.ts'
import type { EventPrizeRow, EventRow, EventTrackRow } from '../tables.ts'

/** What belongs to an event and stands in tables of its own. */
export interface EventParts {
  tracks: readonly EventTrackRow[]
  prizes: readonly EventPrizeRow[]
}

/** What other domains are told of an event. */
export const termsOf = (event: EventRow, { tracks, prizes }: EventParts): EventTerms => ({
  eventId: event.id,
  organizationId: event.organizationId,
  title: event.title,
  slug: event.slug,
  kind: event.kind,
  status: event.status,
  visibility: event.visibility,
  timezone: event.timezone,
  startsAt: event.startsAt.toISOString(),
  endsAt: event.endsAt.toISOString(),
  venue: event.venue,
  onlineUrl: event.onlineUrl,
  registrationOpensAt: event.registrationOpensAt?.toISOString() ?? null,
  registrationClosesAt: event.registrationClosesAt?.toISOString() ?? null,
  capacity: event.capacity,
  isWaitlistEnabled: event.isWaitlistEnabled,
  approvalMode: event.approvalMode,
  offerHours: event.offerHours,
  submissionDeadline: event.submissionDeadline?.toISOString() ?? null,
  graceMinutes: event.graceMinutes,
  minTeamSize: event.minTeamSize,
  maxTeamSize: event.maxTeamSize,
  tracks: tracks.map(({ id, name }) => ({ id, name })),
  prizes: prizes.map(({ id, name, trackId }) => ({ id, name, trackId })),
  version: event.version,
})

/** An event that was just drafted has nothing yet. */
export const noParts: EventParts = { tracks: [], prizes: [] }
