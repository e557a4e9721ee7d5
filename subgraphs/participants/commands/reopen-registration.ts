import type { Outcome } from '@guildhall/kit/outcome'
import { failed } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import contract, { registrationReopened } from '../contract.ts'
import { factsOf } from '../domain/registration-facts.ts'
import { registrationLife } from '../domain/registration-status.ts'
import { isSeatable } from '../domain/registration-window.ts'
import { retakePlaces } from '../forms/answers.ts'
import type { ReopenRegistrationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { move } from '../moves.ts'
import { type Decided, type Decision, reviewOne } from '../review.ts'
import type { RegistrationRow } from '../tables.ts'
import { reasonProblems } from './reject-registration.ts'

/** A reviewer looks again at somebody who was turned down, and says why. */
export async function reopenRegistration(
  ctx: Ctx,
  input: ReopenRegistrationInput,
): Promise<Outcome<RegistrationRow>> {
  const problems = reasonProblems(input)
  if (problems.length > 0) return failed(...problems)
  return reviewOne(ctx, 'reopenRegistration', input, reopen(input.reason.trim()), {
    constraints: { registration_one_live: registeredAnew },
  })
}

const path = ['input', 'id']

const registeredAnew = () =>
  contract.failure('ALREADY_REGISTERED', 'The participant has registered anew meanwhile.', path)

const reopen =
  (reason: string): Decision =>
  async (ctx, tx, seats, rows): Promise<Decided> => {
    const refuse = (failure: Decided['refused'][number]['failure']) => ({
      moved: [],
      refused: rows.map(({ id }) => ({ id, failure })),
    })
    const [row] = rows
    if (row?.status !== 'REJECTED') {
      return refuse(illegalTransition(registrationLife, row?.status ?? 'REJECTED', 'PENDING_APPROVAL', path))
    }
    if (!isSeatable(seats, ctx.now())) {
      return refuse(contract.failure('REGISTRATION_CLOSED', 'The event gives away no seats.', path))
    }
    const [full] = await retakePlaces(tx, row)
    if (full) return refuse(full)
    const { moved } = await move(ctx, tx, seats, rows, { to: 'PENDING_APPROVAL', reason })
    for (const reopened of moved) {
      const facts = factsOf(reopened, seats, ctx.viewer?.userId ?? null)
      await tx.emit(registrationReopened, { ...facts, reason })
    }
    return { moved, refused: [] }
  }
