import { identified, typeId } from '@guildhall/kit/columns'
import { objectRoles } from '@guildhall/kit/object-roles'
import { sql } from 'drizzle-orm'
import { boolean, integer, primaryKey, text } from 'drizzle-orm/pg-core'
import { notificationsSchema } from './schema.ts'

/** Who belongs to which organization, as organizations tells it: whom to tell of its events. */
export const members = notificationsSchema.table(
  'member',
  {
    organizationId: typeId('org').notNull(),
    userId: typeId('usr').notNull(),
    /** Null once they have left: an older piece of news that comes late must not take them in again. */
    role: text(),
    /** What they may do everywhere in it, also by roles of the organization's own and by teams. */
    permissions: text().array().notNull().default(sql`'{}'::text[]`),
    version: integer().notNull().default(0),
  },
  (t) => [primaryKey({ name: 'member_once', columns: [t.organizationId, t.userId] })],
)

/** How people read, as identity tells it. Who is not here reads English. */
export const persons = notificationsSchema.table('person', {
  ...identified('usr'),
  locale: text().notNull(),
  timezone: text().notNull(),
  /** Nobody reads what a machine is told. */
  isMachine: boolean().notNull().default(false),
  /** Of the profile; 0 while only known as a machine. */
  version: integer().notNull(),
  /** Only the id is left, so that a profile that comes late is not kept again. */
  isErased: boolean().notNull().default(false),
})

/** Who helps with which event, as events tell: also people who do not belong to the organization. */
export const eventRoles = objectRoles(notificationsSchema, 'event_role', 'evt')
