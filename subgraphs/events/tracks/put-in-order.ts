import type { Transaction } from '@guildhall/kit/context'
import { uuidOf } from '@guildhall/kit/ids'
import { eq, sql } from 'drizzle-orm'
import { eventPrizes, eventTracks } from '../tables.ts'

const lists = { trk: eventTracks, prz: eventPrizes }

/** Numbers the tracks or prizes of an event in this order, from 0 on. The event is locked. */
export async function putInOrder(
  tx: Transaction,
  prefix: keyof typeof lists,
  eventId: string,
  ids: readonly string[],
): Promise<void> {
  const table = lists[prefix]
  const order = sql.param(ids.map((id) => uuidOf(prefix, id)))
  await tx
    .update(table)
    .set({ position: sql`array_position(${order}::uuid[], ${table.id}) - 1` })
    .where(eq(table.eventId, eventId))
}
