import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import contract from '../contract.ts'
import { isOver } from '../domain/open-steps.ts'
import { registrationLife } from '../domain/registration-status.ts'
import type { AcceptOfferInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { move } from '../moves.ts'
import { lockRegistration } from '../seats.ts'
import type { RegistrationRow } from '../tables.ts'

/** The caller takes the seat that is kept for them. When the offer has expired, by the clock or already on record, so it stays. */
export async function acceptOffer(ctx: Ctx, input: AcceptOfferInput): Promise<Outcome<RegistrationRow>> {
  const viewer = ctx.requireViewer()
  const path = ['input', 'id']
  const own = await ctx.loaders.registration.load(input.id)
  if (own?.userId !== viewer.userId) {
    return failed(contract.failure('NOT_FOUND', 'There is no such registration of yours.', path))
  }
  return ctx.transaction(
    'acceptOffer',
    async (tx) => {
      const { seats, registration } = await lockRegistration(tx, own)
      if (registration.status === 'EXPIRED' || isOver(registration.offerExpiresAt, ctx.now())) {
        return failed(contract.failure('OFFER_EXPIRED', 'The offer has expired.', path))
      }
      if (registration.status !== 'OFFERED') {
        return failed(illegalTransition(registrationLife, registration.status, 'CONFIRMED', path))
      }
      const [accepted] = (await move(ctx, tx, seats, [registration], { to: 'CONFIRMED' })).moved
      if (!accepted) throw new Error('nothing was accepted')
      return done(accepted)
    },
    {},
    input,
  )
}
