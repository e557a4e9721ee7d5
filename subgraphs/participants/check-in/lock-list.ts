import type { Transaction } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { and, eq } from 'drizzle-orm'
import type { Ctx } from '../loaders.ts'
import { type CheckInListRow, checkInLists, type EventSeatsRow, eventSeats } from '../tables.ts'
import { checkInListsFor } from './visibility.ts'

/** A list that the caller may see with the seats of its event, both locked: the event first, as everywhere. */
export async function lockList(
  ctx: Ctx,
  tx: Transaction,
  listId: string,
): Promise<{ seats: EventSeatsRow; list: CheckInListRow } | null> {
  if (!isId('cil', listId)) return null
  const [found] = await tx
    .select({ seats: eventSeats, list: checkInLists })
    .from(eventSeats)
    .innerJoin(checkInLists, eq(checkInLists.eventId, eventSeats.id))
    .where(and(eq(checkInLists.id, listId), checkInListsFor(ctx)))
    .for('update')
  return found ?? null
}
