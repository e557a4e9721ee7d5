import type { Failure, Outcome } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import contract from '../contract.ts'
import { fitting } from '../domain/party-fit.ts'
import { registrationLife } from '../domain/registration-status.ts'
import { eventFull, freeSeats, isSeatable } from '../domain/registration-window.ts'
import type { ApproveRegistrationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { move } from '../moves.ts'
import { type Decided, type Decision, reviewOne } from '../review.ts'
import type { RegistrationRow } from '../tables.ts'
import { offerFreeSeats } from '../waitlist/offer-free-seats.ts'

/** A reviewer lets somebody in: to a seat if one is free, else to the end of the queue. */
export const approveRegistration = (
  ctx: Ctx,
  input: ApproveRegistrationInput,
): Promise<Outcome<RegistrationRow>> => reviewOne(ctx, 'approveRegistration', input, approve)

/** Of many approvals for the last seat one gets it, the others queue; whoever queues already goes before all. */
export const approve: Decision = async (ctx, tx, event, rows) => {
  const path = ['input', 'id']
  const pending = rows.filter((row) => row.status === 'PENDING_APPROVAL')
  const refused = rows
    .filter((row) => row.status !== 'PENDING_APPROVAL')
    .map((row) => refusal(row, illegalTransition(registrationLife, row.status, 'CONFIRMED', path)))
  if (pending.length === 0) return { moved: [], refused }
  if (!isSeatable(event, ctx.now())) {
    const closed = contract.failure('REGISTRATION_CLOSED', 'The event gives away no seats.', path)
    return { moved: [], refused: [...refused, ...pending.map((row) => refusal(row, closed))] }
  }
  const { seats } = await offerFreeSeats(ctx, tx, event)
  const mayPass = seats.isSkipAheadAllowed || !seats.isWaitlistEnabled
  const seated = seats.queued > 0 ? [] : fitting(pending, freeSeats(seats), mayPass)
  const others = pending.filter((row) => !seated.includes(row))
  const confirmed = await move(ctx, tx, seats, seated, { to: 'CONFIRMED' })
  if (!seats.isWaitlistEnabled) {
    return {
      moved: confirmed.moved,
      refused: [...refused, ...others.map((row) => refusal(row, eventFull(path)))],
    }
  }
  const waitlisted = await move(ctx, tx, confirmed.seats, others, { to: 'WAITLISTED' })
  const offered = await offerFreeSeats(ctx, tx, waitlisted.seats)
  const latest = new Map(offered.moved.map((row) => [row.id, row]))
  return { moved: [...confirmed.moved, ...waitlisted.moved].map((row) => latest.get(row.id) ?? row), refused }
}

const refusal = (row: RegistrationRow, failure: Failure): Decided['refused'][number] => ({
  id: row.id,
  failure,
})
