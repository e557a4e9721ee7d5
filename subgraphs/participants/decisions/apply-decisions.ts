import type { Context, Transaction } from '@guildhall/kit/context'
import type { Failure } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import contract from '../contract.ts'
import { fitting } from '../domain/party-fit.ts'
import { registrationLife } from '../domain/registration-status.ts'
import { eventFull, freeSeats, isSeatable } from '../domain/registration-window.ts'
import { isDecidable, reachedBy } from '../domain/staged-decision.ts'
import { move } from '../moves.ts'
import type { EventSeatsRow, RegistrationRow, StagedDecisionRow } from '../tables.ts'
import { offerFreeSeats } from '../waitlist/offer-free-seats.ts'
import type { Released } from './apply-batch.ts'

/** How many were moved, and why the others were not. */
export interface Applied {
  moved: number
  refused: { staged: StagedDecisionRow; failure: Failure }[]
}

/** Whether a decision that was refused so is still one: there may be a seat tomorrow. */
export const mayBeReleasedAgain = (code: string): boolean =>
  code === 'EVENT_FULL' || code === 'NO_WAITLIST' || code === 'REGISTRATION_CLOSED'

/**
 * Applies decisions on registrations of one event whose seats are locked. Nobody who queues is passed over: they are
 * offered what is free before.
 *
 * @param actorId who has released them.
 */
export async function applyDecisions(
  ctx: Context,
  tx: Transaction,
  event: EventSeatsRow,
  batch: readonly Released[],
  actorId: string,
): Promise<Applied> {
  const applied: Applied = { moved: 0, refused: [] }
  let seats = event
  const refuse = (those: readonly Released[], failure: Failure) =>
    applied.refused.push(...those.map(({ staged }) => ({ staged, failure })))

  for (const group of Map.groupBy(batch, sameMove).values()) {
    const [first] = group
    if (!first) continue
    const { decision, reason } = first.staged
    const to = reachedBy[decision]
    const { status } = first.registration
    if (!isDecidable(status, decision)) {
      refuse(group, illegalTransition(registrationLife, status, to))
      continue
    }
    if (decision !== 'REJECT' && !isSeatable(seats, ctx.now())) {
      refuse(group, contract.failure('REGISTRATION_CLOSED', 'The event gives away no seats.'))
      continue
    }
    if (decision === 'WAITLIST' && !seats.isWaitlistEnabled) {
      refuse(group, contract.failure('NO_WAITLIST', 'The event keeps no waitlist.'))
      continue
    }
    if (decision === 'CONFIRM') seats = (await offerFreeSeats(ctx, tx, seats)).seats
    const takes = decision === 'CONFIRM' ? seatable(group, seats) : group
    const left = group.filter((one) => !takes.includes(one))
    refuse(left, eventFull([]))
    const rows = takes.map(({ registration }) => registration)
    const after = await move(ctx, tx, seats, rows, { to, actorId, ...(reason === null ? {} : { reason }) })
    seats = after.seats
    applied.moved += after.moved.length
  }
  await offerFreeSeats(ctx, tx, seats)
  return applied
}

/** Moved by one statement: all from one status to another for one reason. */
const sameMove = ({ staged, registration }: Released): string =>
  JSON.stringify([staged.decision, registration.status, staged.reason])

/** Who does not fit stays staged, so smaller parties may be seated before. */
function seatable(group: readonly Released[], seats: EventSeatsRow): Released[] {
  if (seats.queued > 0) return []
  const rows = group.map(({ registration }) => registration)
  const fits = new Set<RegistrationRow>(fitting(rows, freeSeats(seats), true))
  return group.filter(({ registration }) => fits.has(registration))
}
