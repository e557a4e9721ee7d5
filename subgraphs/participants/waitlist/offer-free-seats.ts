import type { Context, Transaction } from '@guildhall/kit/context'
import { and, lte, notInArray, type SQL, sql } from 'drizzle-orm'
import { fitting } from '../domain/party-fit.ts'
import { freeSeats, isSeatable } from '../domain/registration-window.ts'
import { batchSize, type Moved, move } from '../moves.ts'
import { type EventSeatsRow, eventSeats, type RegistrationRow, registrations } from '../tables.ts'
import { inQueueOrder, isQueueing } from './queue-order.ts'

/** How seats are offered otherwise than by the event's own rule. */
interface OfferOptions {
  /** Registrations at most. */
  max?: number
  /** Past parties that do not fit, whatever the event says. */
  isSkipAheadAllowed?: boolean
}

/**
 * Offers free seats to whoever is first in the queue: to a whole party or not at all. Behind a party that does not fit
 * nobody is offered anything, unless the event allows it. The event's seats must be locked.
 */
export async function offerFreeSeats(
  ctx: Context,
  tx: Transaction,
  seats: EventSeatsRow,
  { max = batchSize, isSkipAheadAllowed = seats.isSkipAheadAllowed }: OfferOptions = {},
): Promise<Moved> {
  if (seats.queued === 0 || freeSeats(seats) <= 0 || !isSeatable(seats, ctx.now()))
    return { moved: [], seats }
  const chosen: RegistrationRow[] = []
  let free = freeSeats(seats)
  for (;;) {
    const wanted = Math.min(max - chosen.length, free)
    if (wanted <= 0) break
    const heads = await headsOfQueue(tx, seats, {
      limit: isSkipAheadAllowed ? batchSize : wanted,
      largest: isSkipAheadAllowed ? free : Number.POSITIVE_INFINITY,
      but: chosen,
    })
    const fits = fitting(heads, free, isSkipAheadAllowed).slice(0, wanted)
    chosen.push(...fits)
    free -= fits.reduce((sum, { partySize }) => sum + partySize, 0)
    // Who was passed over did not fit and does not fit now; behind them there may be more.
    if (!isSkipAheadAllowed || fits.length === 0 || heads.length < batchSize) break
  }
  return move(ctx, tx, seats, chosen, { to: 'OFFERED' })
}

/** Parties that are larger than all seats of the event are passed over: they would block the queue for ever. */
const headsOfQueue = (
  tx: Transaction,
  seats: EventSeatsRow,
  { limit, largest, but }: { limit: number; largest: number; but: readonly RegistrationRow[] },
): Promise<RegistrationRow[]> => {
  const bound = Math.min(largest, seats.capacity ?? Number.POSITIVE_INFINITY)
  const taken = but.map(({ id }) => id)
  return tx
    .select()
    .from(registrations)
    .where(
      and(
        isQueueing(seats.id),
        Number.isFinite(bound) ? lte(registrations.partySize, bound) : undefined,
        taken.length > 0 ? notInArray(registrations.id, taken) : undefined,
      ),
    )
    .orderBy(...inQueueOrder)
    .limit(limit)
    .for('update')
}

const canFit = sql`from ${registrations}
  where ${registrations.eventId} = ${eventSeats.id} and ${registrations.status} = 'WAITLISTED'
    and ${registrations.partySize} <= coalesce(${eventSeats.capacity}, ${registrations.partySize})`

/** Whether an event has seats for somebody in its queue; for the sweep, which must not find what it cannot settle. */
export const hasOfferable: SQL | undefined = and(
  sql`${eventSeats.queued} > 0`,
  sql`coalesce(${eventSeats.seatLimit} - ${eventSeats.held}, 2147483647) >= case
    when ${eventSeats.isSkipAheadAllowed} then (select min(${registrations.partySize}) ${canFit})
    else (select ${registrations.partySize} ${canFit} order by ${sql.join(inQueueOrder, sql`, `)} limit 1)
  end`,
)
