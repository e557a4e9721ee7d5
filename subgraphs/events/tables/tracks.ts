import { identified, timestamps, typeId } from '@guildhall/kit/columns'
import { sql } from 'drizzle-orm'
import { bigint, check, foreignKey, index, integer, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { events } from './events.ts'
import { eventsSchema } from './schema.ts'

/** Themes in which projects of an event compete. */
export const eventTracks = eventsSchema.table(
  'event_track',
  {
    ...identified('trk'),
    eventId: typeId('evt')
      .notNull()
      .references(() => events.id),
    name: text().notNull(),
    description: text(),
    position: integer().notNull(),
    ...timestamps,
  },
  (t) => [
    check('event_track_position', sql`${t.position} >= 0`),
    uniqueIndex('event_track_name_once').on(t.eventId, sql`lower(${t.name})`),
    // What a prize of a track points to, so that both are of one event.
    unique('event_track_of_event').on(t.eventId, t.id),
    index('event_track_in_order').on(t.eventId, t.position, t.id),
  ],
)

/** What can be won at an event. */
export const eventPrizes = eventsSchema.table(
  'event_prize',
  {
    ...identified('prz'),
    eventId: typeId('evt')
      .notNull()
      .references(() => events.id),
    /** Null: it is for all tracks. */
    trackId: typeId('trk'),
    name: text().notNull(),
    description: text(),
    /** In the smallest unit of the currency. */
    amountMinor: bigint({ mode: 'number' }),
    currency: text(),
    position: integer().notNull(),
    ...timestamps,
  },
  (t) => [
    check('event_prize_position', sql`${t.position} >= 0`),
    check(
      'event_prize_amount_whole',
      sql`(${t.amountMinor} is null) = (${t.currency} is null) and ${t.amountMinor} >= 0`,
    ),
    foreignKey({
      name: 'event_prize_track',
      columns: [t.eventId, t.trackId],
      foreignColumns: [eventTracks.eventId, eventTracks.id],
    }),
    index('event_prize_in_order').on(t.eventId, t.position, t.id),
    index('event_prize_by_track').on(t.trackId),
  ],
)

export type EventTrackRow = typeof eventTracks.$inferSelect
export type EventPrizeRow = typeof eventPrizes.$inferSelect
