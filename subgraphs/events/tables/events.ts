import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  doublePrecision,
  foreignKey,
  index,
  integer,
  text,
  unique,
} from 'drizzle-orm/pg-core'
import { eventWords } from './event-words.ts'
import { eventsSchema } from './schema.ts'
import { eventSeries } from './series.ts'

export const eventStatus = eventsSchema.enum('event_status', [
  'DRAFT',
  'PUBLISHED',
  'IN_PROGRESS',
  'JUDGING',
  'COMPLETED',
  'CANCELLED',
  'ARCHIVED',
])
export const eventKind = eventsSchema.enum('event_kind', [
  'HACKATHON',
  'CONFERENCE',
  'WORKSHOP',
  'UNCONFERENCE',
])
export const eventVisibility = eventsSchema.enum('event_visibility', ['PUBLIC', 'UNLISTED', 'ORGANIZATION'])
export const eventApprovalMode = eventsSchema.enum('event_approval_mode', ['AUTO', 'MANUAL'])

export const events = eventsSchema.table(
  'event',
  {
    ...identified('evt'),
    organizationId: typeId('org').notNull(),
    createdById: typeId('usr').notNull(),
    seriesId: typeId('ser'),
    title: text().notNull(),
    /** Names the event in addresses, unique in the house. */
    slug: text().notNull(),
    summary: text(),
    hashtag: text(),
    bannerUrl: text(),
    kind: eventKind().notNull(),
    status: eventStatus().notNull().default('DRAFT'),
    visibility: eventVisibility().notNull(),
    timezone: text().notNull(),
    startsAt: instant().notNull(),
    endsAt: instant().notNull(),
    venue: text(),
    latitude: doublePrecision(),
    longitude: doublePrecision(),
    onlineUrl: text(),
    registrationOpensAt: instant(),
    registrationClosesAt: instant(),
    capacity: integer(),
    isWaitlistEnabled: boolean().notNull(),
    approvalMode: eventApprovalMode().notNull(),
    offerHours: integer().notNull(),
    submissionDeadline: instant(),
    graceMinutes: integer().notNull(),
    minTeamSize: integer().notNull().default(1),
    maxTeamSize: integer().notNull(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    check('event_period_positive', sql`${t.endsAt} > ${t.startsAt}`),
    check('event_capacity_positive', sql`${t.capacity} > 0`),
    check('event_team_size', sql`${t.minTeamSize} between 1 and ${t.maxTeamSize}`),
    check('event_slug_shape', sql`${t.slug} ~ '^[a-z0-9]+(-[a-z0-9]+)*$'`),
    check(
      'event_location_whole',
      sql`(${t.latitude} is null) = (${t.longitude} is null) and ${t.latitude} between -90 and 90 and ${t.longitude} between -180 and 180`,
    ),
    unique('event_slug_once').on(t.slug),
    foreignKey({
      name: 'event_series_of_same_organization',
      columns: [t.organizationId, t.seriesId],
      foreignColumns: [eventSeries.organizationId, eventSeries.id],
    }),
    index('event_by_series').on(t.seriesId, t.startsAt, t.id),
    index('event_by_latitude').on(t.latitude).where(sql`${t.latitude} is not null`),
    index('event_by_words').using('gin', eventWords(t)),
    index('event_by_start').on(t.startsAt, t.id),
    index('event_by_organization').on(t.organizationId, t.startsAt, t.id),
  ],
)

/** Append-only: who moved an event where, when and why. */
export const eventTransitions = eventsSchema.table(
  'event_transition',
  {
    ...identified('evtr'),
    eventId: typeId('evt')
      .notNull()
      .references(() => events.id),
    from: eventStatus().notNull(),
    to: eventStatus().notNull(),
    reason: text(),
    actorId: typeId('usr').notNull(),
    at: instant().notNull(),
  },
  (t) => [index('event_transition_by_event').on(t.eventId, t.at, t.id)],
)

export type EventRow = typeof events.$inferSelect
export type EventTransitionRow = typeof eventTransitions.$inferSelect
export type EventConnectionRow = Connection<EventRow>
