import { identified, instant, typeId } from '@guildhall/kit/columns'
import { index, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { deliveries } from './deliveries.ts'
import { notificationsSchema } from './schema.ts'

export const pushPlatform = notificationsSchema.enum('push_platform', ['FCM', 'WEBPUSH'])

/** Where people want to be pushed to. */
export const devices = notificationsSchema.table(
  'device',
  {
    ...identified('dvc'),
    userId: typeId('usr').notNull(),
    platform: pushPlatform().notNull(),
    label: text(),
    /**
     * SHA-256 of the token or endpoint. Both are long and random, so that nobody guesses them from it; and unlike a blind
     * index it stays what it is when the secret of the house changes: one device is one row at all times.
     */
    addressHash: text().notNull(),
    /** How to reach it, as JSON, sealed: whoever knows it can write to the person's screen. */
    target: text().notNull(),
    createdAt: instant().notNull(),
    lastSeenAt: instant().notNull(),
  },
  (t) => [
    uniqueIndex('device_once').on(t.addressHash),
    index('device_by_user').on(t.userId, t.lastSeenAt, t.id),
    index('device_by_age').on(t.lastSeenAt),
  ],
)

/** Which devices have a delivery already: when it is tried again, they are left alone. */
export const deviceReceipts = notificationsSchema.table(
  'device_receipt',
  {
    deliveryId: typeId('dlv')
      .notNull()
      .references(() => deliveries.id, { onDelete: 'cascade' }),
    deviceId: typeId('dvc')
      .notNull()
      .references(() => devices.id, { onDelete: 'cascade' }),
    /** Under which name the push service knows it. */
    providerId: text(),
    sentAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'device_receipt_once', columns: [t.deliveryId, t.deviceId] }),
    index('device_receipt_by_device').on(t.deviceId),
  ],
)

export type PushDeviceRow = typeof devices.$inferSelect
export type DeviceReceiptRow = typeof deviceReceipts.$inferSelect
