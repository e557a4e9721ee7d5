import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition, stepOf } from '@guildhall/kit/state-machine'
import contract from '../contract.ts'
import { registrationLife } from '../domain/registration-status.ts'
import type { WithdrawRegistrationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { move } from '../moves.ts'
import { lockRegistration } from '../seats.ts'
import type { RegistrationRow } from '../tables.ts'
import { offerFreeSeats } from '../waitlist/offer-free-seats.ts'

/** The caller gives up a registration; the seat goes to the head of the queue in the same transaction. */
export async function withdrawRegistration(
  ctx: Ctx,
  input: WithdrawRegistrationInput,
): Promise<Outcome<RegistrationRow>> {
  const viewer = ctx.requireViewer()
  const path = ['input', 'id']
  const own = await ctx.loaders.registration.load(input.id)
  if (own?.userId !== viewer.userId) {
    return failed(contract.failure('NOT_FOUND', 'There is no such registration of yours.', path))
  }
  return ctx.transaction(
    'withdrawRegistration',
    async (tx) => {
      const { seats, registration } = await lockRegistration(tx, own)
      if (!stepOf(registrationLife, registration.status, 'WITHDRAWN')) {
        return failed(illegalTransition(registrationLife, registration.status, 'WITHDRAWN', path))
      }
      const after = await move(ctx, tx, seats, [registration], { to: 'WITHDRAWN' })
      const [withdrawn] = after.moved
      if (!withdrawn) throw new Error('nothing was withdrawn')
      await offerFreeSeats(ctx, tx, after.seats)
      return done(withdrawn)
    },
    {},
    input,
  )
}
