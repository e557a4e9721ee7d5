import { identified, instant, typeId } from '@guildhall/kit/columns'
import { backboneTables } from '@guildhall/kit/events/tables'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgSchema, primaryKey, text, unique } from 'drizzle-orm/pg-core'

export const notificationsSchema = pgSchema('notifications')
export const backbone = backboneTables(notificationsSchema)
export const { outbox, inbox, idempotency } = backbone

export const notificationCategory = notificationsSchema.enum('notification_category', [
  'ACCOUNT',
  'ORGANIZATIONS',
  'EVENTS',
  'REGISTRATIONS',
  'PROJECTS',
  'ANNOUNCEMENTS',
])
export const notificationChannel = notificationsSchema.enum('notification_channel', ['IN_APP', 'EMAIL'])
export const announcementStatus = notificationsSchema.enum('announcement_status', ['SENDING', 'SENT'])
export const recipientStatus = notificationsSchema.enum('announcement_recipient_status', [
  'PENDING',
  'SENT',
  'SUPPRESSED',
])

/**
 * The head of each person's inbox. Whoever writes into an inbox locks its head first, so that positions become visible
 * in their order: a reader who has seen `seq` has seen everything up to it.
 */
export const recipients = notificationsSchema.table(
  'recipient',
  {
    ...identified('usr'),
    /** Position of the latest notification. */
    seq: integer().notNull().default(0),
    /** Grows each time something is read. */
    revision: integer().notNull().default(0),
    unread: integer().notNull().default(0),
    /** Positions up to here may no longer be kept. */
    forgottenSeq: integer().notNull().default(0),
  },
  (t) => [
    check('recipient_unread_not_negative', sql`${t.unread} >= 0`),
    check('recipient_forgotten_is_past', sql`${t.forgottenSeq} <= ${t.seq}`),
  ],
)

export const notifications = notificationsSchema.table(
  'notification',
  {
    ...identified('ntf'),
    recipientId: typeId('usr')
      .notNull()
      .references(() => recipients.id),
    seq: integer().notNull(),
    /** The recipient's revision with which it was last changed; 0 while it is as it came. */
    revision: integer().notNull().default(0),
    type: text().notNull(),
    category: notificationCategory().notNull(),
    title: text().notNull(),
    body: text(),
    actorId: typeId('usr'),
    /** Id of any kind; its prefix names the type. */
    subjectId: text(),
    eventId: typeId('evt'),
    registrationId: typeId('reg'),
    /** What it tells of: nobody is told of the same twice. */
    cause: text().notNull(),
    createdAt: instant().notNull(),
    readAt: instant(),
  },
  (t) => [
    unique('notification_in_order').on(t.recipientId, t.seq),
    unique('notification_once').on(t.recipientId, t.cause),
    index('notification_unread').on(t.recipientId, t.seq).where(sql`${t.readAt} is null`),
    index('notification_changed').on(t.recipientId, t.revision, t.seq).where(sql`${t.revision} > 0`),
    index('notification_by_age').on(t.createdAt),
  ],
)

/** Only what differs from the default is here. */
export const preferences = notificationsSchema.table(
  'preference',
  {
    userId: typeId('usr').notNull(),
    category: notificationCategory().notNull(),
    channel: notificationChannel().notNull(),
    isEnabled: boolean().notNull(),
    updatedAt: instant().notNull(),
  },
  (t) => [primaryKey({ name: 'preference_once', columns: [t.userId, t.category, t.channel] })],
)

/** Who belongs to which organization, as organizations tells it: whom to tell of its events. */
export const members = notificationsSchema.table(
  'member',
  {
    organizationId: typeId('org').notNull(),
    userId: typeId('usr').notNull(),
    role: text().notNull(),
  },
  (t) => [primaryKey({ name: 'member_once', columns: [t.organizationId, t.userId] })],
)

export const announcements = notificationsSchema.table(
  'announcement',
  {
    ...identified('ann'),
    eventId: typeId('evt').notNull(),
    organizationId: typeId('org').notNull(),
    createdById: typeId('usr').notNull(),
    audience: text().array().notNull(),
    subject: text().notNull(),
    body: text().notNull(),
    status: announcementStatus().notNull().default('SENDING'),
    recipientCount: integer().notNull(),
    sentCount: integer().notNull().default(0),
    suppressedCount: integer().notNull().default(0),
    createdAt: instant().notNull(),
    completedAt: instant(),
  },
  (t) => [
    check(
      'announcement_counts_add_up',
      sql`${t.sentCount} + ${t.suppressedCount} <= ${t.recipientCount} and (${t.status} = 'SENDING' or ${t.sentCount} + ${t.suppressedCount} = ${t.recipientCount})`,
    ),
    index('announcement_by_event').on(t.eventId, t.createdAt, t.id),
  ],
)

/** The ledger of an announcement: who it is for, fixed when it was sent, and what became of each. */
export const announcementRecipients = notificationsSchema.table(
  'announcement_recipient',
  {
    announcementId: typeId('ann')
      .notNull()
      .references(() => announcements.id),
    userId: typeId('usr').notNull(),
    status: recipientStatus().notNull().default('PENDING'),
  },
  (t) => [
    primaryKey({ name: 'announcement_recipient_once', columns: [t.announcementId, t.userId] }),
    index('announcement_recipient_pending')
      .on(t.announcementId, t.userId)
      .where(sql`${t.status} = 'PENDING'`),
  ],
)

export type RecipientRow = typeof recipients.$inferSelect
export type NotificationRow = typeof notifications.$inferSelect
export type NotificationConnectionRow = Connection<NotificationRow>
export type PreferenceRow = typeof preferences.$inferSelect
export type AnnouncementRow = typeof announcements.$inferSelect
export type AnnouncementConnectionRow = Connection<AnnouncementRow>
