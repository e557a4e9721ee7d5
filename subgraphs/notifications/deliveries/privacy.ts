import type { Context, Transaction } from '@guildhall/kit/context'
import { asc, eq } from 'drizzle-orm'
import { deliveries, devices } from '../tables.ts'

/** What is known of how a person is reached. */
export async function collectDeliveries({ db }: Pick<Context, 'db'>, userId: string) {
  const [notificationDeliveries, ownDevices] = await Promise.all([
    db
      .select({
        type: deliveries.type,
        channel: deliveries.channel,
        status: deliveries.status,
        reason: deliveries.reason,
        changedAt: deliveries.changedAt,
        title: deliveries.title,
        body: deliveries.body,
      })
      .from(deliveries)
      .where(eq(deliveries.recipientId, userId))
      .orderBy(asc(deliveries.createdAt), asc(deliveries.id)),
    db
      .select({
        platform: devices.platform,
        label: devices.label,
        createdAt: devices.createdAt,
        lastSeenAt: devices.lastSeenAt,
      })
      .from(devices)
      .where(eq(devices.userId, userId))
      .orderBy(asc(devices.createdAt), asc(devices.id)),
  ])
  return { notificationDeliveries, devices: ownDevices }
}

/** Deliveries go with the notifications. The list of addresses without mail names nobody, and stays. */
export const eraseDevices = (tx: Transaction, userId: string) =>
  tx.delete(devices).where(eq(devices.userId, userId))
