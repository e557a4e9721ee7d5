import { defineEvent } from '@guildhall/kit/contract'
import { z } from 'zod'

/** Everything that can become of a registration. */
export const registrationStatuses = [
  'PENDING_APPROVAL',
  'WAITLISTED',
  'OFFERED',
  'CONFIRMED',
  'CHECKED_IN',
  'REJECTED',
  'WITHDRAWN',
  'EXPIRED',
  'CANCELLED',
  'NO_SHOW',
] as const

/** As what somebody takes part. */
export const registrationCategories = ['PARTICIPANT', 'MENTOR', 'VOLUNTEER', 'JUDGE', 'SPONSOR'] as const

/** What other domains need to know of a registration; carried whole, so that nobody has to ask. */
export const registrationFacts = z.object({
  registrationId: z.string(),
  eventId: z.string(),
  eventTitle: z.string(),
  organizationId: z.string(),
  /** The participant. */
  userId: z.string(),
  /** Counts up per event, without gaps. */
  number: z.number().int(),
  status: z.enum(registrationStatuses),
  /** Seats that it holds or queues for. */
  partySize: z.number().int().default(1),
  version: z.number().int(),
  category: z.enum(registrationCategories).default('PARTICIPANT'),
  /** Who did it; null: the clock, or what became of the event. */
  actorId: z.string().nullable(),
})

export type RegistrationFacts = z.infer<typeof registrationFacts>

const aggregate = ({ registrationId }: { registrationId: string }) => registrationId

export const registrationCreated = defineEvent({
  name: 'participants.registration.created',
  version: 1,
  description: 'Somebody registered for an event; the event of the resulting status follows.',
  payload: registrationFacts,
  aggregate,
})

export const registrationConfirmed = defineEvent({
  name: 'participants.registration.confirmed',
  version: 1,
  description: 'A participant has a seat.',
  payload: registrationFacts,
  aggregate,
})

export const registrationWaitlisted = defineEvent({
  name: 'participants.registration.waitlisted',
  version: 1,
  description: 'All seats are taken; the participant queues for one.',
  payload: registrationFacts,
  aggregate,
})

export const registrationOffered = defineEvent({
  name: 'participants.registration.offered',
  version: 1,
  description: 'A seat became free and is kept for the participant until the offer expires.',
  payload: registrationFacts.extend({ offerExpiresAt: z.iso.datetime() }),
  aggregate,
})

export const registrationOfferExpired = defineEvent({
  name: 'participants.registration.offer_expired',
  version: 1,
  description: 'An offered seat was not accepted in time.',
  payload: registrationFacts,
  aggregate,
})

export const registrationRejected = defineEvent({
  name: 'participants.registration.rejected',
  version: 1,
  description: 'A reviewer turned a registration down.',
  payload: registrationFacts.extend({ reason: z.string() }),
  aggregate,
})

export const registrationWithdrawn = defineEvent({
  name: 'participants.registration.withdrawn',
  version: 1,
  description: 'A participant withdrew, or declined an offered seat.',
  payload: registrationFacts,
  aggregate,
})

export const registrationCancelled = defineEvent({
  name: 'participants.registration.cancelled',
  version: 1,
  description: 'The event was called off, and with it the registration; or organizers took the seat away.',
  payload: registrationFacts.extend({
    reason: z.string(),
    /** False: the event goes on, but without this participant. */
    isEventCalledOff: z.boolean().default(true),
  }),
  aggregate,
})

export const waitlistReordered = defineEvent({
  name: 'participants.registration.reordered',
  version: 1,
  description: 'Organizers gave a registration another place in the queue.',
  payload: registrationFacts.extend({ position: z.number().int(), reason: z.string() }),
  aggregate,
})

export const registrationCheckedIn = defineEvent({
  name: 'participants.registration.checked_in',
  version: 1,
  description: 'A participant came: the ticket was let in for the first time.',
  payload: registrationFacts,
  aggregate,
})

export const registrationCheckInUndone = defineEvent({
  name: 'participants.registration.check_in_undone',
  version: 1,
  description: 'A check-in was taken back; the participant has a seat as before.',
  payload: registrationFacts,
  aggregate,
})

export const registrationNoShow = defineEvent({
  name: 'participants.registration.no_show',
  version: 1,
  description: 'The event is over and the participant did not come.',
  payload: registrationFacts,
  aggregate,
})

export const registrationReopened = defineEvent({
  name: 'participants.registration.reopened',
  version: 1,
  description: 'A registration that was turned down is looked at again.',
  payload: registrationFacts.extend({ reason: z.string() }),
  aggregate,
})

export const registrationUpdated = defineEvent({
  name: 'participants.registration.updated',
  version: 1,
  description: 'A participant changed what was answered or written, or who may see that they take part.',
  payload: registrationFacts.extend({
    /** Whether a reviewer has to decide again; the status says PENDING_APPROVAL then. */
    isApprovalReset: z.boolean(),
  }),
  aggregate,
})
