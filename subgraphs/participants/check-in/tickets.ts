import type { Context, Transaction } from '@guildhall/kit/context'
import { insertRows } from '@guildhall/kit/insert-rows'
import { done } from '@guildhall/kit/outcome'
import { and, asc, eq, gt, inArray, isNull, notExists, sql } from 'drizzle-orm'
import { newTicketSecret, ticketHashOf, ticketPlace } from '../domain/ticket-secret.ts'
import { eventSeats, type RegistrationRow, registrations, type TicketRow, tickets } from '../tables.ts'

const batchSize = 500

/** Gives a ticket to everybody who has just got a seat; who had a ticket before keeps it. */
export async function issueTickets(
  ctx: Context,
  tx: Transaction,
  rows: readonly Pick<RegistrationRow, 'id' | 'eventId' | 'status'>[],
): Promise<void> {
  const seated = rows.filter(({ status }) => status === 'CONFIRMED')
  if (seated.length === 0) return
  const issued = seated.map((row) => newTicket(ctx, row))
  await tx.execute(sql`${insertRows(tickets, issued)} on conflict do nothing`)
}

/** A ticket with a fresh secret, not yet stored. */
export function newTicket(ctx: Context, registration: Pick<RegistrationRow, 'id' | 'eventId'>) {
  const id = ctx.newId('tkt')
  const secret = newTicketSecret()
  return {
    id,
    registrationId: registration.id,
    eventId: registration.eventId,
    secretHash: ticketHashOf(secret),
    sealedSecret: ctx.vault.seal(secret, ticketPlace({ id })),
    issuedAt: ctx.now(),
  } satisfies Partial<TicketRow>
}

/** The secret of a ticket, for its holder; null once it is revoked. */
export const secretOf = (ctx: Context, ticket: TicketRow): string | null =>
  ticket.sealedSecret === null ? null : ctx.vault.open(ticket.sealedSecret, ticketPlace(ticket))

/** Seats that were confirmed before there were tickets get theirs; harmless with replicas. */
export async function issueMissingTickets(ctx: Context): Promise<void> {
  for (let isMore = true; isMore; ) {
    const outcome = await ctx.transaction('issueTickets', async (tx) => {
      const rows = await tx
        .select({ id: registrations.id, eventId: registrations.eventId, status: registrations.status })
        .from(registrations)
        .innerJoin(eventSeats, eq(eventSeats.id, registrations.eventId))
        .where(
          and(
            eq(registrations.status, 'CONFIRMED'),
            gt(eventSeats.endsAt, ctx.now()),
            notExists(
              tx
                .select({ one: sql`1` })
                .from(tickets)
                .where(and(eq(tickets.registrationId, registrations.id), isNull(tickets.revokedAt))),
            ),
          ),
        )
        .orderBy(asc(registrations.id))
        .limit(batchSize)
      await issueTickets(ctx, tx, rows)
      return done(rows.length)
    })
    isMore = outcome.ok && outcome.value === batchSize
  }
}

/** Tickets of registrations become unreadable and open nothing any more: the person wants to be forgotten. */
export async function forgetTickets(
  tx: Transaction,
  registrationIds: readonly string[],
  now: Date,
): Promise<void> {
  if (registrationIds.length === 0) return
  await tx
    .update(tickets)
    .set({ sealedSecret: null, revokedAt: now, blockReason: null })
    .where(and(inArray(tickets.registrationId, [...registrationIds]), isNull(tickets.revokedAt)))
  await tx
    .update(tickets)
    .set({ blockReason: null })
    .where(inArray(tickets.registrationId, [...registrationIds]))
}
