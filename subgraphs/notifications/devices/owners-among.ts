import { anyOf } from '@guildhall/kit/any-of'
import type { Context } from '@guildhall/kit/context'
import { devices } from '../tables.ts'

/** Those of these people who have a device. */
export async function ownersAmong(
  { db }: Pick<Context, 'db'>,
  userIds: readonly string[],
): Promise<Set<string>> {
  if (userIds.length === 0) return new Set()
  const rows = await db
    .selectDistinct({ userId: devices.userId })
    .from(devices)
    .where(anyOf(devices.userId, userIds))
  return new Set(rows.map((row) => row.userId))
}
