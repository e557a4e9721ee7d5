import { anyOf } from '@guildhall/kit/any-of'
import type { Transaction } from '@guildhall/kit/context'
import { and, eq, inArray, max, or } from 'drizzle-orm'
import { type CheckInListRow, type CheckInRow, checkIns, registrations, tickets } from '../tables.ts'

/** The tickets of an event that these hashes belong to, with whose they are. */
export async function ticketsByHash(tx: Transaction, eventId: string, hashes: readonly string[]) {
  const rows = await tx
    .select({ ticket: tickets, registration: registrations })
    .from(tickets)
    .innerJoin(registrations, eq(registrations.id, tickets.registrationId))
    .where(and(anyOf(tickets.secretHash, hashes), eq(tickets.eventId, eventId)))
  return new Map(rows.map((row) => [row.ticket.secretHash, row]))
}

/** What a list knows of the scans at hand. */
export interface KnownScans {
  byNonce: Map<string, CheckInRow>
  /** Scans of each registration that take part in their order. */
  contenders: Map<string, CheckInRow[]>
  /** The latest change of the list. */
  head: CheckInRow | undefined
}

/** Scans that came before, those of the same registrations, and the head of the feed: one statement. */
export async function knownScans(
  tx: Transaction,
  list: CheckInListRow,
  nonces: readonly string[],
  registrationIds: readonly string[],
): Promise<KnownScans> {
  const latest = tx
    .select({ seq: max(checkIns.seq) })
    .from(checkIns)
    .where(eq(checkIns.listId, list.id))
  const rows = await tx
    .select()
    .from(checkIns)
    .where(
      and(
        eq(checkIns.listId, list.id),
        or(
          anyOf(checkIns.nonce, nonces),
          anyOf(checkIns.registrationId, registrationIds),
          inArray(checkIns.seq, latest),
        ),
      ),
    )
  const contending = rows.filter(
    (row) => row.isContender && row.undoneAt === null && row.registrationId !== null,
  )
  return {
    byNonce: new Map(rows.map((row) => [row.nonce, row])),
    contenders: Map.groupBy(contending, (row) => row.registrationId ?? ''),
    head: rows.toSorted((a, b) => b.seq - a.seq)[0],
  }
}
