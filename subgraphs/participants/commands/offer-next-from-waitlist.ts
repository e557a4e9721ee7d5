import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { z } from 'zod'
import contract from '../contract.ts'
import { eventFull, isSeatable } from '../domain/registration-window.ts'
import type { OfferNextFromWaitlistInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { RegistrationRow } from '../tables.ts'
import { changeManaged } from '../waitlist/managed-event.ts'
import { offerFreeSeats } from '../waitlist/offer-free-seats.ts'

const rules = z.object({ count: z.number().min(1).max(100) })

/** Organizers do not wait for the head of the queue: the next ones who fit are offered what is free. */
export async function offerNextFromWaitlist(
  ctx: Ctx,
  input: OfferNextFromWaitlistInput,
): Promise<Outcome<RegistrationRow[]>> {
  const problems = problemsOf(rules, input)
  if (problems.length > 0) return failed(...problems)
  return changeManaged(ctx, 'offerNextFromWaitlist', input, async (tx, seats) => {
    const path = ['input', 'eventId']
    if (!isSeatable(seats, ctx.now())) {
      return failed(contract.failure('REGISTRATION_CLOSED', 'The event gives away no seats.', path))
    }
    const wanted = Math.min(input.count, seats.queued)
    const { moved } = await offerFreeSeats(ctx, tx, seats, { max: wanted, isSkipAheadAllowed: true })
    return moved.length < wanted ? failed(eventFull(path)) : done(moved)
  })
}
