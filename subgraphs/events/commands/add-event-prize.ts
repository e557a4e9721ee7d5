import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import { changeEvent, requireWriter } from '../change-event.ts'
import contract from '../contract.ts'
import { prizeProblems, prizesMax, worthOf } from '../domain/track-draft.ts'
import type { AddEventPrizeInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type EventPrizeRow, eventPrizes } from '../tables.ts'
import { noSuch } from '../tracks/failures.ts'
import { prizesOf } from '../tracks/parts-of.ts'

/** Adds a prize behind those that an event has. */
export async function addEventPrize(ctx: Ctx, input: AddEventPrizeInput): Promise<Outcome<EventPrizeRow>> {
  const seen = await ctx.loaders.event.load(input.eventId)
  if (!seen) return failed(noSuch('event', 'eventId'))
  await requireWriter(ctx, seen)
  const draft = { name: input.name.trim(), description: tidy(input.description) }
  const problems = prizeProblems({ ...draft, amount: input.amount })
  if (problems.length > 0) return failed(...problems)

  return changeEvent(
    ctx,
    'addEventPrize',
    seen.id,
    async (tx, event) => {
      const { length } = await prizesOf(tx, event.id)
      if (length >= prizesMax)
        return failed(contract.failure('TOO_MANY_PRIZES', `An event has at most ${prizesMax} prizes.`))
      const now = ctx.now()
      const [prize] = await tx
        .insert(eventPrizes)
        .values({
          ...draft,
          ...(input.amount ? worthOf(input.amount) : {}),
          id: ctx.newId('prz'),
          eventId: event.id,
          trackId: input.trackId ?? null,
          position: length,
          createdAt: now,
          updatedAt: now,
        })
        .returning()
      if (!prize) throw new Error('insert returned nothing')
      return done(prize)
    },
    { event_prize_track: () => noSuch('track', 'trackId') },
    input,
  )
}
