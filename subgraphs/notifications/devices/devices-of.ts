import { anyOf } from '@guildhall/kit/any-of'
import type { Context } from '@guildhall/kit/context'
import { deviceReceipts, devices, type NotificationDeliveryRow, type PushDeviceRow } from '../tables.ts'

/**
 * For each delivery whose recipient has devices: those that do not have it yet, which may be none any more.
 */
export async function devicesOf(
  { db }: Pick<Context, 'db'>,
  wanted: readonly Pick<NotificationDeliveryRow, 'id' | 'recipientId' | 'attempts' | 'deviceId'>[],
): Promise<Map<string, PushDeviceRow[]>> {
  if (wanted.length === 0) return new Map()
  const userIds = [...new Set(wanted.map(({ recipientId }) => recipientId))]
  const rows = await db.select().from(devices).where(anyOf(devices.userId, userIds))
  const byUser = Map.groupBy(rows, (row) => row.userId)
  // Nobody has what was never sent.
  const tried = wanted.filter(({ attempts }) => attempts > 0).map(({ id }) => id)
  const receipts =
    tried.length === 0
      ? []
      : await db.select().from(deviceReceipts).where(anyOf(deviceReceipts.deliveryId, tried))
  const have = new Set(receipts.map((receipt) => `${receipt.deliveryId} ${receipt.deviceId}`))
  return new Map(
    wanted.flatMap(({ id, recipientId, deviceId }) => {
      const own = byUser.get(recipientId)?.filter((device) => deviceId === null || device.id === deviceId)
      return own?.length ? [[id, own.filter((device) => !have.has(`${id} ${device.id}`))] as const] : []
    }),
  )
}
