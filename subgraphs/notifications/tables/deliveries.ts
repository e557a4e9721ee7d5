import { identified, instant, typeId } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { check, index, integer, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { notifications } from './inbox.ts'
import { notificationChannel } from './preferences.ts'
import { notificationsSchema } from './schema.ts'

export const deliveryStatus = notificationsSchema.enum('delivery_status', [
  'PENDING',
  'DEFERRED',
  'DIGESTED',
  'SKIPPED',
  'SENDING',
  'RETRY',
  'SENT',
  'DELIVERED',
  'BOUNCED',
  'DEAD',
])

/** Why a delivery stands where it does. */
export const deliveryReason = notificationsSchema.enum('delivery_reason', [
  'PREFERENCE',
  'MUTED',
  'NO_ADDRESS',
  'NO_DEVICE',
  'SUPPRESSED',
  'QUIET_HOURS',
  'DIGEST',
  'BOUNCE',
  'COMPLAINT',
  'REFUSED',
  'GIVEN_UP',
])

/** A notification on its way out by one channel; its steps are in `domain/delivery.ts`. */
export const deliveries = notificationsSchema.table(
  'delivery',
  {
    ...identified('dlv'),
    notificationId: typeId('ntf')
      .notNull()
      .references(() => notifications.id, { onDelete: 'cascade' }),
    /** Both as the notification has them: operators see who and what, not the words. */
    recipientId: typeId('usr').notNull(),
    type: text().notNull(),
    channel: notificationChannel().notNull(),
    status: deliveryStatus().notNull().default('PENDING'),
    reason: deliveryReason(),
    /** Times that sending was begun since it was made or requeued. */
    attempts: integer().notNull().default(0),
    /** Not before this. Whoever takes it pushes this ahead: a lease, which also tells theirs from a later one. */
    nextAt: instant().notNull(),
    /** What went wrong last; names nobody. */
    lastError: text(),
    /** The one device that it goes to; null: all of the recipient's. It may be gone. */
    deviceId: typeId('dvc'),
    /** What it says, if that is not what the notification says in the app: then both are of its own. */
    title: text(),
    body: text(),
    createdAt: instant().notNull(),
    /** When the status last changed. */
    changedAt: instant().notNull(),
  },
  (t) => [
    unique('delivery_once').on(t.notificationId, t.channel),
    check('delivery_leaves_the_house', sql`${t.channel} <> 'IN_APP'`),
    check('delivery_to_device_is_pushed', sql`${t.deviceId} is null or ${t.channel} = 'PUSH'`),
    check('delivery_words_are_whole', sql`${t.body} is null or ${t.title} is not null`),
    check('delivery_attempts_not_negative', sql`${t.attempts} >= 0`),
    index('delivery_due')
      .on(t.nextAt, t.id)
      .where(sql`${t.status} in ('PENDING', 'DEFERRED', 'SENDING', 'RETRY')`),
    index('delivery_by_recipient').on(t.recipientId, t.createdAt),
    // What operators list.
    index('delivery_by_status').on(t.status, t.changedAt, t.id),
  ],
)

export const suppressionReason = notificationsSchema.enum('mail_suppression_reason', ['BOUNCE', 'COMPLAINT'])

/** Addresses that no notification is sent to. Only a keyed hash of each is here: a list of addresses it is not. */
export const mailSuppressions = notificationsSchema.table(
  'mail_suppression',
  {
    ...identified('msp'),
    addressHash: text().notNull(),
    reason: suppressionReason().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [
    uniqueIndex('mail_suppression_once').on(t.addressHash),
    index('mail_suppression_by_age').on(t.createdAt, t.id),
  ],
)

export type MailSuppressionRow = typeof mailSuppressions.$inferSelect
export type MailSuppressionConnectionRow = Connection<MailSuppressionRow>
export type NotificationDeliveryRow = typeof deliveries.$inferSelect
export type NotificationDeliveryConnectionRow = Connection<NotificationDeliveryRow>
export type DeliveryStatus = NotificationDeliveryRow['status']
export type DeliveryReason = NonNullable<NotificationDeliveryRow['reason']>
