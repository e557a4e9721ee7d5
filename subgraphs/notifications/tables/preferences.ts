import { instant, typeId } from '@guildhall/kit/columns'
import { sql } from 'drizzle-orm'
import { boolean, check, text, unique } from 'drizzle-orm/pg-core'
import { notificationsSchema } from './schema.ts'

export const notificationCategory = notificationsSchema.enum('notification_category', [
  'ACCOUNT',
  'ORGANIZATIONS',
  'EVENTS',
  'REGISTRATIONS',
  'PROJECTS',
  'ANNOUNCEMENTS',
])

export const notificationChannel = notificationsSchema.enum('notification_channel', [
  'IN_APP',
  'EMAIL',
  'PUSH',
])

/** What a choice is about: one type, or one category; neither: whatever comes by the channel. */
const topic = () => ({
  type: text(),
  category: notificationCategory(),
  channel: notificationChannel().notNull(),
  isEnabled: boolean().notNull(),
  updatedAt: instant().notNull(),
})

/** What people have chosen. Only what differs from the default is here. */
export const preferences = notificationsSchema.table(
  'preference',
  {
    userId: typeId('usr').notNull(),
    /** The organization, event or project that the choice is for; null: all of them. */
    scopeId: text(),
    ...topic(),
  },
  (t) => [
    unique('preference_once').on(t.userId, t.scopeId, t.type, t.category, t.channel).nullsNotDistinct(),
    check('preference_one_topic', sql`${t.type} is null or ${t.category} is null`),
  ],
)

/** What holds in an organization, event or project for those who have chosen nothing; set by those who manage it. */
export const scopeDefaults = notificationsSchema.table(
  'scope_default',
  { scopeId: text().notNull(), ...topic() },
  (t) => [
    unique('scope_default_once').on(t.scopeId, t.type, t.category, t.channel).nullsNotDistinct(),
    check('scope_default_one_topic', sql`${t.type} is null or ${t.category} is null`),
  ],
)

export type PreferenceRow = typeof preferences.$inferSelect
export type ScopeDefaultRow = typeof scopeDefaults.$inferSelect
/** With null: it was taken back. */
export type NotificationDefaultRow = Pick<ScopeDefaultRow, 'scopeId' | 'category' | 'type' | 'channel'> & {
  isEnabled: boolean | null
}
