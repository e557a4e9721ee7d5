import { identified, instant, typeId } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { check, index, integer, text, unique } from 'drizzle-orm/pg-core'
import { notificationCategory } from './preferences.ts'
import { notificationsSchema } from './schema.ts'

export const notificationState = notificationsSchema.enum('notification_state', [
  'UNSEEN',
  'SEEN',
  'READ',
  'ARCHIVED',
  'SNOOZED',
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
    /** Grows each time something that is there changes. */
    revision: integer().notNull().default(0),
    /** Notifications by state, changed together with them; unread are those unseen and those only seen. */
    unseen: integer().notNull().default(0),
    unread: integer().notNull().default(0),
    archived: integer().notNull().default(0),
    snoozed: integer().notNull().default(0),
    /** Positions up to here may no longer be kept. */
    forgottenSeq: integer().notNull().default(0),
  },
  (t) => [
    check('recipient_unread_not_negative', sql`${t.unread} >= 0`),
    check(
      'recipient_counts_make_sense',
      sql`${t.unseen} between 0 and ${t.unread} and ${t.archived} >= 0 and ${t.snoozed} >= 0`,
    ),
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
    /** Its place in the inbox; null: not wanted there, it only leaves by other channels. */
    seq: integer(),
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
    /** Project, event, organization that it belongs to, the narrowest first: preferences may be set for each. */
    scopeIds: text().array().notNull().default([]),
    /** What it tells of: nobody is told of the same twice. */
    cause: text().notNull(),
    /** What belongs together has the same. */
    groupKey: text().notNull(),
    createdAt: instant().notNull(),
    seenAt: instant(),
    readAt: instant(),
    archivedAt: instant(),
    snoozedUntil: instant(),
    /** When it came back from having been put off. */
    wokenAt: instant(),
    /** From then on it asks for nothing any more and is archived. */
    expiresAt: instant(),
    /** Follows from the instants, so that it cannot say otherwise; `stateOf` in `domain/` says the same. */
    state: notificationState()
      .notNull()
      .generatedAlwaysAs(
        sql`case when snoozed_until is not null then 'SNOOZED'::notifications.notification_state when archived_at is not null then 'ARCHIVED'::notifications.notification_state when read_at is not null then 'READ'::notifications.notification_state when seen_at is not null then 'SEEN'::notifications.notification_state else 'UNSEEN'::notifications.notification_state end`,
      ),
  },
  (t) => [
    unique('notification_in_order').on(t.recipientId, t.seq),
    unique('notification_once').on(t.recipientId, t.cause),
    check('notification_archived_or_snoozed', sql`${t.archivedAt} is null or ${t.snoozedUntil} is null`),
    index('notification_by_state').on(t.recipientId, t.state, t.seq),
    index('notification_by_group').on(t.recipientId, t.groupKey, t.seq),
    index('notification_by_subject')
      .on(t.recipientId, t.subjectId, t.seq)
      .where(sql`${t.subjectId} is not null`),
    index('notification_changed').on(t.recipientId, t.revision, t.seq).where(sql`${t.revision} > 0`),
    index('notification_by_age').on(t.createdAt),
    index('notification_to_wake').on(t.snoozedUntil).where(sql`${t.snoozedUntil} is not null`),
    index('notification_to_expire')
      .on(t.expiresAt)
      .where(sql`${t.expiresAt} is not null and ${t.archivedAt} is null`),
  ],
)

export type RecipientRow = typeof recipients.$inferSelect
export type NotificationRow = typeof notifications.$inferSelect
export type NotificationConnectionRow = Connection<NotificationRow>

/** Notifications that belong together, with the last one that came. */
export interface NotificationGroupRow {
  key: string
  latest: NotificationRow
  count: number
  unseenCount: number
  unreadCount: number
}
export type NotificationGroupConnectionRow = Connection<NotificationGroupRow>
