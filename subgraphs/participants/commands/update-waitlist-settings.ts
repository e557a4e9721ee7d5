import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import type { UpdateWaitlistSettingsInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type EventSeatsRow, eventSeats } from '../tables.ts'
import { changeManaged } from '../waitlist/managed-event.ts'
import { offerFreeSeats } from '../waitlist/offer-free-seats.ts'

const rules = z.object({ maxPartySize: z.number().min(1).max(100).nullish() })

/** Organizers say how large a party may be, and whether smaller ones may go past one that does not fit. */
export async function updateWaitlistSettings(
  ctx: Ctx,
  input: UpdateWaitlistSettingsInput,
): Promise<Outcome<EventSeatsRow>> {
  const problems = problemsOf(rules, input)
  if (problems.length > 0) return failed(...problems)
  return changeManaged(ctx, 'updateWaitlistSettings', input, async (tx, seats) => {
    const [changed] = await tx
      .update(eventSeats)
      .set({
        isSkipAheadAllowed: input.isSkipAheadAllowed ?? seats.isSkipAheadAllowed,
        maxPartySize: input.maxPartySize ?? seats.maxPartySize,
      })
      .where(eq(eventSeats.id, seats.id))
      .returning()
    if (!changed) throw new Error('the event was locked and is gone')
    return done((await offerFreeSeats(ctx, tx, changed)).seats)
  })
}
