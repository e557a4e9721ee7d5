import { defineContract } from '@guildhall/kit/contract'
import {
  registrationCancelled,
  registrationConfirmed,
  registrationCreated,
  registrationOfferExpired,
  registrationOffered,
  registrationRejected,
  registrationWaitlisted,
  registrationWithdrawn,
  waitlistReordered,
} from './contract/events.ts'
import { notifications } from './notifications.ts'

export * from './contract/events.ts'

export default defineContract({
  domain: 'participants',
  products: ['innovation'],
  ids: { reg: 'Registration' },
  permissions: {
    'participants:review': {
      description: 'See who registered for the events of the organization, and decide on them.',
      heldBy: ['OWNER', 'ADMIN', 'ORGANIZER'],
      heldOn: { evt: ['OWNER', 'ORGANIZER', 'REVIEWER'] },
    },
    'participants:manage': {
      description: 'Change who is first in the queues of events, release decisions, take seats away.',
      heldBy: ['OWNER', 'ADMIN', 'ORGANIZER'],
      heldOn: { evt: ['OWNER', 'ORGANIZER'] },
    },
  },
  events: [
    registrationCreated,
    registrationConfirmed,
    registrationWaitlisted,
    registrationOffered,
    registrationOfferExpired,
    registrationRejected,
    registrationWithdrawn,
    registrationCancelled,
    waitlistReordered,
  ],
  notifications,
  codes: {
    REGISTRATION_NOT_OPEN: 'Registration has not opened yet.',
    REGISTRATION_CLOSED: 'Registration is over.',
    EVENT_FULL: 'All seats are taken, and the event keeps no waitlist.',
    ALREADY_REGISTERED: 'The caller has a registration for this event that is not over.',
    PARTY_TOO_LARGE: 'The registration asks for more seats than one may have.',
    OFFER_EXPIRED: 'The offered seat was not accepted in time.',
  },
})
