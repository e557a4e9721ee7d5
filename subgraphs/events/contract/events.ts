import { defineEvent } from '@guildhall/kit/contract'
import { z } from 'zod'
import { eventRoleNames } from './roles.ts'

/** What other domains need to know of an event to act on it; carried whole, so that nobody has to ask. */
export const eventTerms = z.object({
  eventId: z.string(),
  organizationId: z.string(),
  title: z.string(),
  /** Names the event in addresses; null in what was told before there were slugs. */
  slug: z.string().nullable().default(null),
  kind: z.string(),
  status: z.enum(['DRAFT', 'PUBLISHED', 'IN_PROGRESS', 'JUDGING', 'COMPLETED', 'CANCELLED', 'ARCHIVED']),
  visibility: z.enum(['PUBLIC', 'UNLISTED', 'ORGANIZATION']),
  timezone: z.string(),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  venue: z.string().nullable().default(null),
  onlineUrl: z.string().nullable().default(null),
  registrationOpensAt: z.iso.datetime().nullable(),
  registrationClosesAt: z.iso.datetime().nullable(),
  capacity: z.number().int().nullable(),
  isWaitlistEnabled: z.boolean(),
  approvalMode: z.enum(['AUTO', 'MANUAL']),
  offerHours: z.number().int(),
  submissionDeadline: z.iso.datetime().nullable(),
  graceMinutes: z.number().int(),
  minTeamSize: z.number().int().default(1),
  maxTeamSize: z.number().int(),
  /** In what projects compete, in their order. */
  tracks: z.array(z.object({ id: z.string(), name: z.string() })).default([]),
  /** What can be won, in order; of which track, or of all. */
  prizes: z.array(z.object({ id: z.string(), name: z.string(), trackId: z.string().nullable() })).default([]),
  /** Grows with each change: a projection keeps the highest it has seen. */
  version: z.number().int(),
})

export type EventTerms = z.infer<typeof eventTerms>

const aggregate = ({ eventId }: { eventId: string }) => eventId

export const eventCreated = defineEvent({
  name: 'events.event.created',
  version: 1,
  description: 'An event was drafted.',
  payload: eventTerms,
  aggregate,
})

export const eventUpdated = defineEvent({
  name: 'events.event.updated',
  version: 1,
  description: 'The terms of an event changed.',
  payload: eventTerms,
  aggregate,
})

export const eventStatusChanged = defineEvent({
  name: 'events.event.status_changed',
  version: 1,
  description: 'An event moved along its life; published for every step.',
  payload: eventTerms.extend({ from: eventTerms.shape.status, reason: z.string().nullable() }),
  aggregate,
})

export const eventPublished = defineEvent({
  name: 'events.event.published',
  version: 1,
  description: 'An event went on the calendar.',
  payload: eventTerms,
  aggregate,
})

export const eventCancelled = defineEvent({
  name: 'events.event.cancelled',
  version: 1,
  description: 'An event was called off.',
  payload: eventTerms.extend({ reason: z.string().nullable() }),
  aggregate,
})

export const eventReminderDue = defineEvent({
  name: 'events.reminder.due',
  version: 1,
  description: 'People of an event are to be reminded; of many people, each of these events has a part.',
  payload: z.object({
    reminderId: z.string(),
    eventId: z.string(),
    organizationId: z.string(),
    eventTitle: z.string(),
    audience: z.enum(['PARTICIPANTS', 'TEAMS', 'STAFF']),
    anchor: z.enum(['STARTS_AT', 'ENDS_AT', 'SUBMISSION_DEADLINE', 'REGISTRATION_CLOSES_AT']),
    /** The time that it is counted from, as the event stands. */
    anchorAt: z.iso.datetime(),
    message: z.string().nullable(),
    /** Who is to be reminded. */
    userIds: z.array(z.string()),
  }),
  aggregate,
})

export const eventMembershipChanged = defineEvent({
  name: 'events.membership.changed',
  version: 1,
  description: 'Somebody has other roles in an event than before; none at all when `roles` is empty.',
  payload: z.object({
    eventId: z.string(),
    organizationId: z.string(),
    eventTitle: z.string(),
    userId: z.string(),
    roles: z.array(z.enum(eventRoleNames)),
    /** What was not among the roles before. */
    added: z.array(z.enum(eventRoleNames)),
    /** Grows with each change of this person's roles in this event. */
    version: z.number().int(),
    actorId: z.string().nullable(),
  }),
  aggregate,
})
