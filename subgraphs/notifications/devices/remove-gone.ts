import type { Context } from '@guildhall/kit/context'
import { and, eq } from 'drizzle-orm'
import { devices, type PushDeviceRow } from '../tables.ts'

/** Forgets a device that its service does not know any more, unless somebody has registered it again meanwhile. */
export async function removeGone(
  { db, log }: Pick<Context, 'db' | 'log'>,
  { id, userId, lastSeenAt, platform }: PushDeviceRow,
): Promise<void> {
  await db
    .delete(devices)
    .where(and(eq(devices.id, id), eq(devices.userId, userId), eq(devices.lastSeenAt, lastSeenAt)))
  log.info({ device: id, platform }, 'device is gone')
}
