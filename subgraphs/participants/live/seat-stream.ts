import { anyOf } from '@guildhall/kit/any-of'
import { BadUserInput } from '@guildhall/kit/errors'
import type { Ctx } from '../loaders.ts'
import { seatsFor } from '../projection.ts'
import { standing } from '../standing.ts'
import { type EventSeatsRow, eventSeats } from '../tables.ts'
import { latestOnly } from './latest-only.ts'
import { sharedWatch } from './shared-watch.ts'
import { seatsSignal } from './signals.ts'

const seatsWatch = sharedWatch<EventSeatsRow>({
  channel: seatsSignal,
  async read({ db }, ids) {
    const rows = await db.select().from(eventSeats).where(anyOf(eventSeats.id, ids))
    return new Map(rows.map((row) => [row.id, row]))
  },
})

/**
 * The seats of an event as they are now, then whenever they have changed, as long as the caller may see the event.
 *
 * @throws BadUserInput when there is none that the caller may see.
 */
export async function watchSeats(ctx: Ctx, eventId: string): Promise<AsyncIterableIterator<EventSeatsRow>> {
  const seen = await seatsFor(ctx, eventId)
  if (!seen) throw new BadUserInput('There is no such event.')
  return latestOnly<EventSeatsRow>(
    ({ push, end }) =>
      seatsWatch(ctx).watch(seen.id, (seats) => {
        if (!seats) end()
        else if (seats.visibility === 'PUBLIC' && seats.status !== 'DRAFT') push(seats)
        else void ifVisible(ctx, seats).then((isVisible) => (isVisible ? push(seats) : end()))
      }),
    () => '',
    stateOf,
  )
}

/** Asked anew each time: roles in an event come and go. When it cannot be found out, the next look will. */
async function ifVisible(ctx: Ctx, { id }: EventSeatsRow): Promise<boolean> {
  standing.forget(ctx)
  try {
    return (await ctx.loaders.eventSeats.clear(id).load(id)) !== null
  } catch (error) {
    ctx.log.warn({ err: error, eventId: id }, 'event not read')
    return true
  }
}

const stateOf = ({ held, queued, seatLimit, capacity, termsVersion, isCallingOff }: EventSeatsRow): string =>
  [held, queued, seatLimit, capacity, termsVersion, isCallingOff].join(' ')
