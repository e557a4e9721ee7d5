import {
  type AnyNotification,
  type Audience,
  defineNotification,
  type Watchers,
} from '@guildhall/kit/notifications'
import {
  type EventTerms,
  eventCancelled,
  eventMembershipChanged,
  eventPublished,
  eventReminderDue,
  eventUpdated,
} from './contract/events.ts'

const ofEvents = {
  category: 'EVENTS',
  channels: { IN_APP: true, EMAIL: false, PUSH: true },
  skipsActor: true,
  variables: ['event'],
} as const

const facts = ({ eventId, organizationId, title }: EventTerms, actorId: string | null) => ({
  actorId,
  subjectId: eventId,
  eventId,
  scopeIds: [eventId, organizationId],
  variables: { event: title },
})

/** Those who belong to it: members of the organization, and whoever has a role in the event. */
const insiders = ({ eventId, organizationId }: EventTerms): readonly Audience[] => [
  { membersOf: organizationId },
  { helpersOf: eventId },
]

/** Whoever sees the event; drafts are seen by those who write it. */
const seenBy = (terms: EventTerms): readonly Audience[] | 'EVERYBODY' => {
  const { eventId, organizationId, status, visibility } = terms
  if (status === 'DRAFT') return [{ holdersOf: 'events:write', in: organizationId, on: eventId }]
  return visibility === 'ORGANIZATION' ? insiders(terms) : 'EVERYBODY'
}

const watchers: Watchers<EventTerms> = {
  kinds: ['evt'],
  of: (terms) => ({ subjectIds: [terms.eventId], visibleTo: seenBy(terms) }),
}

export const notifications: readonly AnyNotification[] = [
  defineNotification({
    ...ofEvents,
    key: 'event.published',
    description: 'An event that you organize, or whose organization you watch, went on the calendar.',
    event: eventPublished,
    recipients: ({ organizationId }) => ({ holdersOf: 'events:write', in: organizationId }),
    // Who watches an organization has a look at its calendar: what is found by its link alone is not told.
    watchers: {
      kinds: ['evt', 'org'],
      of: (terms) => ({
        subjectIds: [terms.eventId, terms.organizationId],
        visibleTo: terms.visibility === 'PUBLIC' ? 'EVERYBODY' : insiders(terms),
      }),
    },
    facts,
    templates: {
      en: { title: '{event} is on the calendar' },
      de: { title: '{event} steht im Kalender' },
    },
  }),
  defineNotification({
    ...ofEvents,
    key: 'event.updated',
    description: 'The terms of an event that you watch have changed.',
    event: eventUpdated,
    recipients: () => ({ userIds: [] }),
    watchers,
    // Who edits saves often.
    dedupe: { key: ({ eventId }) => `event.updated ${eventId}`, windowSeconds: 3_600 },
    digest: { by: 'TYPE', windowSeconds: 3_600 },
    facts,
    templates: {
      en: { title: '{event} has changed' },
      de: { title: '{event} wurde geändert' },
    },
  }),
  defineNotification({
    ...ofEvents,
    key: 'event.cancelled',
    description: 'An event that you watch was called off.',
    event: eventCancelled,
    recipients: () => ({ userIds: [] }),
    watchers,
    facts: ({ reason, ...terms }, actorId) => ({
      ...facts(terms, actorId),
      variables: { event: terms.title, reason: reason ?? '' },
    }),
    variables: ['event', 'reason'],
    templates: {
      en: { title: '{event} was called off', body: '{reason}' },
      de: { title: '{event} wurde abgesagt', body: '{reason}' },
    },
  }),
  defineNotification({
    ...ofEvents,
    key: 'event.role_given',
    description: 'You were given a role in an event.',
    channels: { IN_APP: true, EMAIL: true, PUSH: true },
    event: eventMembershipChanged,
    when: ({ added }) => added.length > 0,
    recipients: ({ userId }) => ({ userIds: [userId] }),
    facts: ({ eventId, organizationId, eventTitle, added, actorId }) => ({
      actorId,
      subjectId: eventId,
      eventId,
      scopeIds: [eventId, organizationId],
      variables: { event: eventTitle, role: added[0] ?? '' },
    }),
    variables: ['event', 'role'],
    templates: {
      en: {
        title:
          '{role, select, OWNER {You own} ORGANIZER {You organize} REVIEWER {You review registrations of} JUDGE {You are a judge of} CHECKIN_STAFF {You check people in at} MENTOR {You are a mentor of} SPONSOR {You sponsor} other {You help with}} {event}',
      },
      de: {
        title:
          '{event}: {role, select, OWNER {Sie sind verantwortlich} ORGANIZER {Sie organisieren mit} REVIEWER {Sie prüfen die Anmeldungen} JUDGE {Sie sind in der Jury} CHECKIN_STAFF {Sie machen den Einlass} MENTOR {Sie begleiten Teams} SPONSOR {Sie fördern} other {Sie helfen mit}}',
      },
    },
  }),
  defineNotification({
    key: 'event.reminder',
    description: 'A reminder that the organizers of an event have set for you.',
    category: 'EVENTS',
    channels: { IN_APP: true, EMAIL: true, PUSH: true },
    event: eventReminderDue,
    recipients: ({ userIds }) => ({ userIds }),
    facts: ({ eventId, organizationId, eventTitle, anchor, anchorAt, message }) => ({
      subjectId: eventId,
      eventId,
      scopeIds: [eventId, organizationId],
      variables: {
        event: eventTitle,
        anchor,
        at: new Date(anchorAt),
        message: message === null ? '' : `\n${message}`,
      },
    }),
    variables: ['event', 'anchor', 'at', 'message'],
    templates: {
      en: {
        title: 'Reminder: {event}',
        body: '{anchor, select, STARTS_AT {Start} ENDS_AT {End} SUBMISSION_DEADLINE {Projects are due} other {Registration closes}}: {at, date, ::yMMMMdjmmz}{message}',
      },
      de: {
        title: 'Erinnerung: {event}',
        body: '{anchor, select, STARTS_AT {Beginn} ENDS_AT {Ende} SUBMISSION_DEADLINE {Abgabe der Projekte} other {Anmeldeschluss}}: {at, date, ::yMMMMdjmmz}{message}',
      },
    },
  }),
]
