import type { Outcome } from '@guildhall/kit/outcome'
import { failed } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import { registrationLife } from '../domain/registration-status.ts'
import type { CancelRegistrationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { move } from '../moves.ts'
import { type Decision, reviewOne } from '../review.ts'
import type { RegistrationRow } from '../tables.ts'
import { offerFreeSeats } from '../waitlist/offer-free-seats.ts'
import { reasonProblems } from './reject-registration.ts'

/** Organizers take somebody's seats away, and say why; they go to the queue in the same transaction. */
export async function cancelRegistration(
  ctx: Ctx,
  input: CancelRegistrationInput,
): Promise<Outcome<RegistrationRow>> {
  const problems = reasonProblems(input)
  if (problems.length > 0) return failed(...problems)
  return reviewOne(ctx, 'cancelRegistration', input, cancel(input.reason.trim()), {
    permission: 'participants:manage',
  })
}

const cancel =
  (reason: string): Decision =>
  async (ctx, tx, event, rows) => {
    const [row] = rows
    const isCancellable =
      row && registrationLife[row.status].some(({ to, by }) => to === 'CANCELLED' && by === 'ORGANIZER')
    if (!isCancellable) {
      const failure = illegalTransition(registrationLife, row?.status ?? 'CANCELLED', 'CANCELLED', [
        'input',
        'id',
      ])
      return { moved: [], refused: rows.map(({ id }) => ({ id, failure })) }
    }
    const { moved, seats } = await move(ctx, tx, event, rows, { to: 'CANCELLED', reason })
    await offerFreeSeats(ctx, tx, seats)
    return { moved, refused: [] }
  }
