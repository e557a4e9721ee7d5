import type { Transaction } from '@guildhall/kit/context'
import { and, asc, eq, inArray, lte, or, type SQL, sql } from 'drizzle-orm'
import { type EventSeatsRow, eventSeats, type RegistrationRow, registrations } from './tables.ts'

/**
 * Locks the seats of events, in the order of their ids: the first thing that every change of registrations does, so
 * that changes of one event happen one after the other and none waits in a circle.
 */
export const lockSeats = (tx: Transaction, eventIds: readonly string[]): Promise<EventSeatsRow[]> =>
  tx
    .select()
    .from(eventSeats)
    .where(inArray(eventSeats.id, [...eventIds]))
    .orderBy(asc(eventSeats.id))
    .for('update')

/** One registration with the seats of its event, both locked. */
export async function lockRegistration(
  tx: Transaction,
  { id, eventId }: Pick<RegistrationRow, 'id' | 'eventId'>,
): Promise<{ seats: EventSeatsRow; registration: RegistrationRow }> {
  const [seats] = await lockSeats(tx, [eventId])
  const [registration] = await tx.select().from(registrations).where(eq(registrations.id, id)).for('update')
  if (!seats || !registration) throw new Error(`registration ${id} has lost its event`)
  return { seats, registration }
}

/**
 * Locks the seats of an event for a newcomer and in the same statement draws the number and, where nobody has to
 * approve, seats for the whole party or a place in the queue: whoever finds somebody queueing queues too. So afterwards
 * `queued` is zero if and only if the newcomer has seats.
 *
 * @param approvalMode who decides; null: as the event has it.
 */
export async function drawSeats(
  tx: Transaction,
  eventId: string,
  partySize: number,
  approvalMode: EventSeatsRow['approvalMode'] | null = null,
): Promise<EventSeatsRow> {
  const isAuto = sql`coalesce(${approvalMode}::text, ${eventSeats.approvalMode}) = 'AUTO'`
  const held = sql`${eventSeats.held} + ${partySize}::int`
  const hasSeat = sql`(${eventSeats.queued} = 0 and ${held} <= coalesce(${eventSeats.seatLimit}, ${held}))`
  const [seats] = await tx
    .update(eventSeats)
    .set({
      nextNumber: sql`${eventSeats.nextNumber} + 1`,
      held: sql`case when ${isAuto} and ${hasSeat} then ${held} else ${eventSeats.held} end`,
      queued: sql`${eventSeats.queued} + (${isAuto} and not ${hasSeat})::int`,
    })
    .where(eq(eventSeats.id, eventId))
    .returning()
  if (!seats) throw new Error(`event ${eventId} has lost its seats`)
  return seats
}

/**
 * Takes seats and places in the queue, or with negative numbers gives them back; seats only if there are so many. The
 * CHECK on the table stands behind it.
 *
 * @returns the seats as they are now, or null when there were not enough.
 */
export async function shiftSeats(
  tx: Transaction,
  eventId: string,
  delta: { held: number; queued: number },
): Promise<EventSeatsRow | null> {
  const held = sql`${eventSeats.held} + ${delta.held}::int`
  const fits = or(
    lte(sql`${delta.held}::int`, 0),
    sql`${eventSeats.seatLimit} is null`,
    lte(held, eventSeats.seatLimit),
  )
  const [row] = await tx
    .update(eventSeats)
    .set({ held, queued: sql`${eventSeats.queued} + ${delta.queued}::int`, seatLimit: seatLimitFor(held) })
    .where(and(eq(eventSeats.id, eventId), fits))
    .returning()
  return row ?? null
}

/** A capacity below what is held is reached as seats become free; until then nobody is put out. */
export const seatLimitFor = (held: SQL, capacity: SQL = sql`${eventSeats.capacity}`): SQL =>
  sql`case when ${capacity} is not null then greatest(${capacity}, ${held}) end`
