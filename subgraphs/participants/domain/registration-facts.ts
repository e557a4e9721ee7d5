import type { RegistrationFacts } from '../contract.ts'
import type { EventSeatsRow, RegistrationRow } from '../tables.ts'

/** What other domains are told of a registration. */
export const factsOf = (
  registration: RegistrationRow,
  event: Pick<EventSeatsRow, 'title'>,
  actorId: string | null,
): RegistrationFacts => ({
  registrationId: registration.id,
  eventId: registration.eventId,
  eventTitle: event.title,
  organizationId: registration.organizationId,
  userId: registration.userId,
  number: registration.number,
  status: registration.status,
  partySize: registration.partySize,
  version: registration.version,
  category: registration.category,
  actorId,
})
