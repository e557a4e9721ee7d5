import type { Idempotent, Transaction } from '@guildhall/kit/context'
import { failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { Ctx } from '../loaders.ts'
import { seatsFor } from '../projection.ts'
import { lockSeats } from '../seats.ts'
import { standing } from '../standing.ts'
import type { EventSeatsRow } from '../tables.ts'

/** Changes something of an event that the caller manages, with its seats locked. */
export async function changeManaged<T>(
  ctx: Ctx,
  name: string,
  input: Idempotent & { eventId: string },
  change: (tx: Transaction, seats: EventSeatsRow) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const event = await seatsFor(ctx, input.eventId)
  if (!event) return failed(contract.failure('NOT_FOUND', 'There is no such event.', ['input', 'eventId']))
  await standing.require(ctx, 'participants:manage', event)
  return ctx.transaction(
    name,
    async (tx) => {
      const [seats] = await lockSeats(tx, [event.id])
      if (!seats) throw new Error(`event ${event.id} has lost its seats`)
      return change(tx, seats)
    },
    {},
    input,
  )
}
