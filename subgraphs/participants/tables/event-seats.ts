import { identified, instant, typeId } from '@guildhall/kit/columns'
import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, text } from 'drizzle-orm/pg-core'
import { participantsSchema } from './schema.ts'

/**
 * One row per event, with the event's own id: the terms that registrations depend on (the highest version we have
 * heard of), and the seats. Whoever changes a registration locks this row first.
 */
export const eventSeats = participantsSchema.table(
  'event_seats',
  {
    ...identified('evt'),
    organizationId: typeId('org').notNull(),
    title: text().notNull(),
    status: text({
      enum: ['DRAFT', 'PUBLISHED', 'IN_PROGRESS', 'JUDGING', 'COMPLETED', 'CANCELLED', 'ARCHIVED'],
    }).notNull(),
    visibility: text({ enum: ['PUBLIC', 'UNLISTED', 'ORGANIZATION'] }).notNull(),
    endsAt: instant().notNull(),
    registrationOpensAt: instant(),
    registrationClosesAt: instant(),
    isWaitlistEnabled: boolean().notNull(),
    approvalMode: text({ enum: ['AUTO', 'MANUAL'] }).notNull(),
    offerHours: integer().notNull(),
    termsVersion: integer().notNull(),
    /** Seats as the organizers want them; null: no limit. */
    capacity: integer(),
    /** `capacity`, or what was held already when the capacity was lowered below it: shrinks as seats become free. */
    seatLimit: integer(),
    /** Seats that are confirmed, checked in or offered. */
    held: integer().notNull().default(0),
    /** How many queue for a seat. */
    queued: integer().notNull().default(0),
    nextNumber: integer().notNull().default(1),
    /** Whether smaller parties may be offered seats for which the head of the queue is too large. */
    isSkipAheadAllowed: boolean().notNull().default(false),
    /** Seats that one registration may hold at most. */
    maxPartySize: integer().notNull().default(10),
    /** The event was called off and some of its registrations still stand. */
    isCallingOff: boolean().notNull().default(false),
    /** Why, as long as some stand. */
    callOffReason: text(),
  },
  (t) => [
    check('event_seats_held_within_limit', sql`${t.held} between 0 and coalesce(${t.seatLimit}, ${t.held})`),
    check('event_seats_party_size', sql`${t.maxPartySize} between 1 and 100`),
    check('event_seats_queue_not_negative', sql`${t.queued} >= 0`),
    index('event_seats_queue').on(t.id).where(sql`${t.queued} > 0`),
    index('event_seats_calling_off').on(t.id).where(sql`${t.isCallingOff}`),
  ],
)

export type EventSeatsRow = typeof eventSeats.$inferSelect
export type SeatAvailabilityRow = EventSeatsRow
