import { defineContract } from '@guildhall/kit/contract'
import {
  eventCancelled,
  eventCreated,
  eventMembershipChanged,
  eventPublished,
  eventReminderDue,
  eventStatusChanged,
  eventUpdated,
} from './contract/events.ts'
import { notifications } from './notifications.ts'

export * from './contract/events.ts'
export * from './contract/roles.ts'

export default defineContract({
  domain: 'events',
  products: ['innovation'],
  ids: {
    evt: 'Event',
    evm: 'EventMembership',
    trk: 'EventTrack',
    prz: 'EventPrize',
    erm: 'EventReminder',
    ser: 'EventSeries',
  },
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
    eventReminderDue,
  ],
  notifications,
  codes: {
    INVALID_TIME_RANGE: 'An end lies before its start, or a deadline outside of the event.',
    INVALID_TIMEZONE: 'Not an IANA time zone.',
    SLUG_TAKEN: 'Another event has this slug.',
    SLUG_FIXED: 'The event was published under its slug, which stays.',
    TRACK_NAME_TAKEN: 'Another track of the event has this name.',
    TRACK_HAS_PRIZES: 'Prizes are of this track; take them off first.',
    TOO_MANY_TRACKS: 'The event has as many tracks as one can have.',
    TOO_MANY_PRIZES: 'The event has as many prizes as one can have.',
    EVENT_UNDER_WAY: 'The event has begun; what projects compete in and for stays.',
    REMINDER_IN_PAST: 'The time of the reminder has passed.',
    REMINDER_SENT: 'The reminder was sent; only one that waits is changed.',
    TOO_MANY_REMINDERS: 'The event has as many reminders as one can have.',
    INVALID_AMOUNT: 'Not a currency, below zero, or with more decimal places than the currency has.',
    EVENT_IN_PAST: 'The event is over by the clock.',
    EVENT_NOT_EDITABLE: 'The event is cancelled or archived and can no longer be changed.',
    REASON_REQUIRED: 'This step needs a reason.',
    HAS_REGISTRATIONS: 'People have registered; the event cannot go back to draft.',
    ROUNDS_OPEN: 'Judging rounds of the event are still open.',
    ROLE_ESCALATION:
      'Only owners of the event and the organization make somebody an owner or organizer, or end that.',
    NO_ROLES: 'Name at least one role.',
    CAPACITY_BELOW_CONFIRMED: 'More seats are held than the new capacity has.',
  },
})
