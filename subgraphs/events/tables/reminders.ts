import { identified, instant, timestamps, typeId } from '@guildhall/kit/columns'
import { sql } from 'drizzle-orm'
import { check, index, integer, text } from 'drizzle-orm/pg-core'
import { events } from './events.ts'
import { eventsSchema } from './schema.ts'

export const reminderAnchor = eventsSchema.enum('event_reminder_anchor', [
  'STARTS_AT',
  'ENDS_AT',
  'SUBMISSION_DEADLINE',
  'REGISTRATION_CLOSES_AT',
])
export const reminderAudience = eventsSchema.enum('event_reminder_audience', [
  'PARTICIPANTS',
  'TEAMS',
  'STAFF',
])

/** What people of an event are reminded of. Only the distance to the event is kept, so that it moves with it. */
export const eventReminders = eventsSchema.table(
  'event_reminder',
  {
    ...identified('erm'),
    eventId: typeId('evt')
      .notNull()
      .references(() => events.id),
    anchor: reminderAnchor().notNull(),
    /** Below zero: before. */
    offsetMinutes: integer().notNull(),
    audience: reminderAudience().notNull(),
    message: text(),
    /** Null: it waits for its time. */
    firedAt: instant(),
    ...timestamps,
  },
  (t) => [
    check('event_reminder_within_a_year', sql`abs(${t.offsetMinutes}) <= 527040`),
    index('event_reminder_by_event').on(t.eventId, t.createdAt, t.id),
    index('event_reminder_waiting').on(t.eventId).where(sql`${t.firedAt} is null`),
  ],
)

export type EventReminderRow = typeof eventReminders.$inferSelect
