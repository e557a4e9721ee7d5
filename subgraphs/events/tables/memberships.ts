import { identified, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { check, index, text, unique } from 'drizzle-orm/pg-core'
import { eventRoleNames } from '../contract/roles.ts'
import { events } from './events.ts'
import { eventsSchema } from './schema.ts'

/** Who helps with an event, and as what. A row whose roles were all taken back stays, so that its version goes on. */
export const eventMemberships = eventsSchema.table(
  'event_membership',
  {
    ...identified('evm'),
    eventId: typeId('evt')
      .notNull()
      .references(() => events.id),
    organizationId: typeId('org').notNull(),
    userId: typeId('usr').notNull(),
    roles: text({ enum: eventRoleNames }).array().notNull(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    unique('event_membership_once').on(t.eventId, t.userId),
    check(
      'event_membership_known_roles',
      sql`${t.roles} <@ ${sql.raw(`array['${eventRoleNames.join("','")}']::text[]`)}`,
    ),
    index('event_membership_by_user').on(t.userId),
  ],
)

export type EventMembershipRow = typeof eventMemberships.$inferSelect
export type EventMembershipConnectionRow = Connection<EventMembershipRow>
