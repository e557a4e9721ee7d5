import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import contract from '../contract.ts'
import { registrationLife } from '../domain/registration-status.ts'
import type { DeclineOfferInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { move } from '../moves.ts'
import { lockRegistration } from '../seats.ts'
import type { RegistrationRow } from '../tables.ts'
import { offerFreeSeats } from '../waitlist/offer-free-seats.ts'

/** The caller does without the offered seat, which goes to the next in the queue in the same transaction. */
export async function declineOffer(ctx: Ctx, input: DeclineOfferInput): Promise<Outcome<RegistrationRow>> {
  const viewer = ctx.requireViewer()
  const path = ['input', 'id']
  const own = await ctx.loaders.registration.load(input.id)
  if (own?.userId !== viewer.userId) {
    return failed(contract.failure('NOT_FOUND', 'There is no such registration of yours.', path))
  }
  return ctx.transaction(
    'declineOffer',
    async (tx) => {
      const { seats, registration } = await lockRegistration(tx, own)
      if (registration.status === 'EXPIRED') {
        return failed(contract.failure('OFFER_EXPIRED', 'The offer has expired.', path))
      }
      if (registration.status !== 'OFFERED') {
        return failed(illegalTransition(registrationLife, registration.status, 'WITHDRAWN', path))
      }
      const after = await move(ctx, tx, seats, [registration], { to: 'WITHDRAWN' })
      const [declined] = after.moved
      if (!declined) throw new Error('nothing was declined')
      await offerFreeSeats(ctx, tx, after.seats)
      return done(declined)
    },
    {},
    input,
  )
}
