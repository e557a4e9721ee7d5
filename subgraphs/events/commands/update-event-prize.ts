import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import { eq } from 'drizzle-orm'
import { changeEvent, requireWriter } from '../change-event.ts'
import { movedTo, prizeProblems, worthOf } from '../domain/track-draft.ts'
import type { UpdateEventPrizeInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type EventPrizeRow, eventPrizes } from '../tables.ts'
import { noSuch } from '../tracks/failures.ts'
import { prizesOf } from '../tracks/parts-of.ts'
import { putInOrder } from '../tracks/put-in-order.ts'

/** Changes a prize, or its place among the others. */
export async function updateEventPrize(
  ctx: Ctx,
  input: UpdateEventPrizeInput,
): Promise<Outcome<EventPrizeRow>> {
  const seen = await ctx.loaders.prize.load(input.id)
  const ofEvent = seen && (await ctx.loaders.event.load(seen.eventId))
  if (!seen || !ofEvent) return failed(noSuch('prize', 'id'))
  await requireWriter(ctx, ofEvent)
  const changes = changesOf(input)
  const problems = prizeProblems({ ...seen, ...changes, amount: input.amount })
  if (problems.length > 0) return failed(...problems)

  return changeEvent(
    ctx,
    'updateEventPrize',
    seen.eventId,
    async (tx, event) => {
      if (input.position != null) {
        const ids = (await prizesOf(tx, event.id)).map(({ id }) => id)
        if (ids.includes(seen.id))
          await putInOrder(tx, 'prz', event.id, movedTo(ids, seen.id, input.position))
      }
      const worth = input.amount === undefined ? {} : worthOrNone(input.amount)
      const [prize] = await tx
        .update(eventPrizes)
        .set({ ...changes, ...worth, updatedAt: ctx.now() })
        .where(eq(eventPrizes.id, seen.id))
        .returning()
      return prize ? done(prize) : failed(noSuch('prize', 'id'))
    },
    { event_prize_track: () => noSuch('track', 'trackId') },
    input,
  )
}

const changesOf = ({ name, description, trackId }: UpdateEventPrizeInput) => ({
  ...(name == null ? {} : { name: name.trim() }),
  ...(description === undefined ? {} : { description: tidy(description) }),
  ...(trackId === undefined ? {} : { trackId }),
})

const worthOrNone = (amount: UpdateEventPrizeInput['amount']) =>
  (amount && worthOf(amount)) ?? { amountMinor: null, currency: null }
