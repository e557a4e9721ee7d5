import type { EventTerms } from '../contract.ts'
import type { EventRow } from '../tables.ts'

/** What other domains are told of an event. */
export const termsOf = (event: EventRow): EventTerms => ({
  eventId: event.id,
  organizationId: event.organizationId,
  title: event.title,
  kind: event.kind,
  status: event.status,
  visibility: event.visibility,
  timezone: event.timezone,
  startsAt: event.startsAt.toISOString(),
  endsAt: event.endsAt.toISOString(),
  registrationOpensAt: event.registrationOpensAt?.toISOString() ?? null,
  registrationClosesAt: event.registrationClosesAt?.toISOString() ?? null,
  capacity: event.capacity,
  isWaitlistEnabled: event.isWaitlistEnabled,
  approvalMode: event.approvalMode,
  offerHours: event.offerHours,
  submissionDeadline: event.submissionDeadline?.toISOString() ?? null,
  graceMinutes: event.graceMinutes,
  maxTeamSize: event.maxTeamSize,
  minTeamSize: 1,
  slug: null,
  venue: event.venue,
  onlineUrl: event.onlineUrl,
  tracks: [],
  version: event.version,
})
