import type { Context, Transaction } from '@guildhall/kit/context'
import { done } from '@guildhall/kit/outcome'
import { and, asc, eq, gt, inArray, lte } from 'drizzle-orm'
import { fallsWithEvent } from './domain/registration-status.ts'
import { batchSize, move } from './moves.ts'
import { type EventSeatsRow, eventSeats, type RegistrationRow, registrations } from './tables.ts'
import { hasOfferable, offerFreeSeats } from './waitlist/offer-free-seats.ts'

/** Runs of one sweep at most, so that it ends even when work keeps arriving. */
const roundsMax = 50

/**
 * Brings every event up to date with the clock: offers that were not accepted in time expire, seats that are free are
 * offered on, registrations of called-off events fall. Any number of replicas may sweep at once.
 */
export async function sweepEvents(ctx: Context): Promise<void> {
  for (let round = 0; round < roundsMax; round++) {
    const eventIds = await unsettledEvents(ctx)
    if (eventIds.length === 0) return
    for (const eventId of eventIds) await settle(ctx, eventId)
  }
}

/** What is due for one event whose seats are locked, at most a batch of each kind. */
export async function settleEvent(ctx: Context, tx: Transaction, seats: EventSeatsRow): Promise<void> {
  const freed = await expireOffers(ctx, tx, seats)
  const left = freed.isCallingOff ? await callOff(ctx, tx, freed) : freed
  await offerFreeSeats(ctx, tx, left)
}

/** An event that somebody else is working on is skipped: they settle what they free, and the next round comes. */
async function settle(ctx: Context, eventId: string): Promise<void> {
  await ctx.transaction('settleEvent', async (tx) => {
    const [seats] = await tx
      .select()
      .from(eventSeats)
      .where(eq(eventSeats.id, eventId))
      .for('update', { skipLocked: true })
    if (seats) await settleEvent(ctx, tx, seats)
    return done(null)
  })
}

async function expireOffers(ctx: Context, tx: Transaction, seats: EventSeatsRow): Promise<EventSeatsRow> {
  // Whoever has an offer holds a seat.
  if (seats.held === 0) return seats
  const due = await tx
    .select()
    .from(registrations)
    .where(
      and(
        eq(registrations.eventId, seats.id),
        eq(registrations.status, 'OFFERED'),
        lte(registrations.offerExpiresAt, ctx.now()),
      ),
    )
    .limit(batchSize)
    .for('update')
  return (await move(ctx, tx, seats, due, { to: 'EXPIRED' })).seats
}

async function callOff(ctx: Context, tx: Transaction, seats: EventSeatsRow): Promise<EventSeatsRow> {
  const standing = await tx
    .select()
    .from(registrations)
    .where(and(eq(registrations.eventId, seats.id), inArray(registrations.status, [...fallsWithEvent])))
    .orderBy(asc(registrations.number))
    .limit(batchSize)
    .for('update')
  let left = seats
  for (const rows of Map.groupBy(standing, (row: RegistrationRow) => row.status).values()) {
    const reason = seats.callOffReason ?? 'The event was called off.'
    left = (await move(ctx, tx, left, rows, { to: 'CANCELLED', reason, actorId: null })).seats
  }
  if (standing.length === batchSize) return left
  const [finished] = await tx
    .update(eventSeats)
    .set({ isCallingOff: false, callOffReason: null })
    .where(eq(eventSeats.id, seats.id))
    .returning()
  return finished ?? left
}

async function unsettledEvents(ctx: Context): Promise<string[]> {
  const now = ctx.now()
  const overdue = ctx.db
    .select({ id: registrations.eventId })
    .from(registrations)
    .where(and(eq(registrations.status, 'OFFERED'), lte(registrations.offerExpiresAt, now)))
  const calledOff = ctx.db
    .select({ id: eventSeats.id })
    .from(eventSeats)
    .where(eq(eventSeats.isCallingOff, true))
  const unoffered = ctx.db
    .select({ id: eventSeats.id })
    .from(eventSeats)
    .where(
      and(inArray(eventSeats.status, ['PUBLISHED', 'IN_PROGRESS']), gt(eventSeats.endsAt, now), hasOfferable),
    )
  const rows = await overdue.union(calledOff).union(unoffered).limit(batchSize)
  return rows.map((row) => row.id)
}
