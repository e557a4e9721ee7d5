import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import { changeEvent, requireWriter } from '../change-event.ts'
import type { RemoveEventPrizeInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type EventRow, eventPrizes } from '../tables.ts'
import { isBeforeStart, noSuch, underWay } from '../tracks/failures.ts'
import { prizesOf } from '../tracks/parts-of.ts'
import { putInOrder } from '../tracks/put-in-order.ts'

/** Takes a prize off its event. */
export async function removeEventPrize(ctx: Ctx, input: RemoveEventPrizeInput): Promise<Outcome<EventRow>> {
  const seen = await ctx.loaders.prize.load(input.id)
  const ofEvent = seen && (await ctx.loaders.event.load(seen.eventId))
  if (!seen || !ofEvent) return failed(noSuch('prize', 'id'))
  await requireWriter(ctx, ofEvent)

  return changeEvent(
    ctx,
    'removeEventPrize',
    seen.eventId,
    async (tx, event) => {
      if (!isBeforeStart(event.status)) return failed(underWay())
      const removed = await tx.delete(eventPrizes).where(eq(eventPrizes.id, seen.id)).returning()
      if (removed.length === 0) return failed(noSuch('prize', 'id'))
      const left = await prizesOf(tx, event.id)
      await putInOrder(
        tx,
        'prz',
        event.id,
        left.map(({ id }) => id),
      )
      return done(event)
    },
    {},
    input,
  )
}
