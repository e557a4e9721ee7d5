import type { Context, Transaction } from '@guildhall/kit/context'
import { and, asc, eq, inArray, isNotNull, or } from 'drizzle-orm'
import { checkInLists, checkIns, registrations } from '../tables.ts'
import { forgetTickets } from './tickets.ts'

/** What the doors know of a person: where they were let in or refused, and what they scanned as staff. */
export async function collectCheckIns(ctx: Context, userId: string): Promise<Record<string, unknown>> {
  const shown = {
    list: checkInLists.name,
    type: checkIns.type,
    result: checkIns.result,
    refusal: checkIns.refusal,
    people: checkIns.people,
    at: checkIns.at,
    undoneAt: checkIns.undoneAt,
    undoReason: checkIns.undoReason,
  }
  const [own, scanned] = await Promise.all([
    ctx.db
      .select(shown)
      .from(checkIns)
      .innerJoin(checkInLists, eq(checkInLists.id, checkIns.listId))
      .innerJoin(registrations, eq(registrations.id, checkIns.registrationId))
      .where(eq(registrations.userId, userId))
      .orderBy(asc(checkIns.at), asc(checkIns.id)),
    ctx.db
      .select({ list: checkInLists.name, at: checkIns.at, deviceId: checkIns.deviceId })
      .from(checkIns)
      .innerJoin(checkInLists, eq(checkInLists.id, checkIns.listId))
      .where(eq(checkIns.scannedById, userId))
      .orderBy(asc(checkIns.at), asc(checkIns.id)),
  ])
  return { checkIns: own, ticketsScanned: scanned }
}

/** Tickets open nothing any more; the counts stay, with nobody's words and no device that bears a name. */
export async function eraseCheckIns(
  ctx: Context,
  tx: Transaction,
  userId: string,
  registrationIds: readonly string[],
): Promise<void> {
  await forgetTickets(tx, registrationIds, ctx.now())
  const own = inArray(checkIns.registrationId, [...registrationIds])
  await tx
    .update(checkIns)
    .set({ undoReason: null })
    .where(and(isNotNull(checkIns.undoReason), or(own, eq(checkIns.undoneById, userId))))
  await tx.update(checkIns).set({ deviceId: 'forgotten' }).where(eq(checkIns.scannedById, userId))
}
