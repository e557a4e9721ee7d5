import { type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition, stepOf } from '@guildhall/kit/state-machine'
import { line, problemsOf } from '@guildhall/kit/validate'
import { z } from 'zod'
import { registrationLife } from '../domain/registration-status.ts'
import type { RejectRegistrationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { move } from '../moves.ts'
import { type Decided, type Decision, reviewOne } from '../review.ts'
import type { RegistrationRow } from '../tables.ts'
import { offerFreeSeats } from '../waitlist/offer-free-seats.ts'

/** A reviewer turns somebody down, and says why. */
export async function rejectRegistration(
  ctx: Ctx,
  input: RejectRegistrationInput,
): Promise<Outcome<RegistrationRow>> {
  const problems = reasonProblems(input)
  if (problems.length > 0) return failed(...problems)
  return reviewOne(ctx, 'rejectRegistration', input, reject(input.reason))
}

/** The reason is shown to the one who is turned down. */
export const reasonProblems = ({ reason }: { reason: string }): Failure[] =>
  problemsOf(z.object({ reason: line(1_000) }), { reason })

export const reject =
  (reason: string): Decision =>
  async (ctx, tx, event, rows) => {
    const decided: Decided = { moved: [], refused: [] }
    let seats = event
    for (const [status, group] of Map.groupBy(rows, (row) => row.status)) {
      if (stepOf(registrationLife, status, 'REJECTED')) {
        const after = await move(ctx, tx, seats, group, { to: 'REJECTED', reason: reason.trim() })
        seats = after.seats
        decided.moved.push(...after.moved)
      } else {
        const failure = illegalTransition(registrationLife, status, 'REJECTED', ['input', 'id'])
        decided.refused.push(...group.map(({ id }) => ({ id, failure })))
      }
    }
    // Those behind a party that was turned down may fit.
    await offerFreeSeats(ctx, tx, seats)
    return decided
  }
