import { defineContract } from '@guildhall/kit/contract'
import {
  eventCancelled,
  eventCreated,
  eventMembershipChanged,
  eventPublished,
  eventStatusChanged,
  eventUpdated,
} from './contract/events.ts'
import { notifications } from './notifications.ts'

export * from './contract/events.ts'
export * from './contract/roles.ts'

export default defineContract({
  domain: 'events',
  products: ['innovation'],
  ids: { evt: 'Event', evm: 'EventMembership' },
  permissions: {
    'events:write': {
      description: 'Draft, change and move the events of the organization.',
      heldBy: ['OWNER', 'ADMIN', 'ORGANIZER'],
      heldOn: { evt: ['OWNER', 'ORGANIZER'] },
    },
    'events:own': {
      description: 'Say who owns and organizes an event.',
      heldBy: ['OWNER', 'ADMIN', 'ORGANIZER'],
      heldOn: { evt: ['OWNER'] },
    },
  },
  events: [
    eventCreated,
    eventUpdated,
    eventStatusChanged,
    eventPublished,
    eventCancelled,
    eventMembershipChanged,
  ],
  notifications,
  codes: {
    INVALID_TIME_RANGE: 'An end lies before its start, or a deadline outside of the event.',
    INVALID_TIMEZONE: 'Not an IANA time zone.',
    EVENT_IN_PAST: 'The event is over by the clock.',
    EVENT_NOT_EDITABLE: 'The event is cancelled or archived and can no longer be changed.',
    REASON_REQUIRED: 'This step needs a reason.',
    HAS_REGISTRATIONS: 'People have registered; the event cannot go back to draft.',
    ROLE_ESCALATION:
      'Only owners of the event and the organization make somebody an owner or organizer, or end that.',
    NO_ROLES: 'Name at least one role.',
    CAPACITY_BELOW_CONFIRMED: 'More seats are held than the new capacity has.',
  },
})
