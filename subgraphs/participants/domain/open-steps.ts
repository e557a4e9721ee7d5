import type { EventSeatsRow, RegistrationRow } from '../tables.ts'
import { type RegistrationStep, registrationLife, type StepTaker } from './registration-status.ts'
import { freeSeats, isSeatable } from './registration-window.ts'

/** A step that somebody may take, with the codes of what stands in its way. */
export interface OpenStep extends RegistrationStep {
  blockedBy: string[]
}

/** The steps of a registration that are open to these takers. */
export function openSteps(
  registration: Pick<RegistrationRow, 'status' | 'offerExpiresAt' | 'partySize'>,
  event: EventSeatsRow | null,
  takers: readonly StepTaker[],
  now: Date,
): OpenStep[] {
  return registrationLife[registration.status]
    .filter((step) => takers.includes(step.by))
    .map((step) => ({ ...step, blockedBy: blockers(step, registration, event, now) }))
}

function blockers(
  step: RegistrationStep,
  { offerExpiresAt, partySize }: Pick<RegistrationRow, 'offerExpiresAt' | 'partySize'>,
  event: EventSeatsRow | null,
  now: Date,
): string[] {
  if (step.mutation === 'acceptOffer') return isOver(offerExpiresAt, now) ? ['OFFER_EXPIRED'] : []
  if (step.mutation !== 'approveRegistration' || !event) return []
  if (!isSeatable(event, now)) return ['REGISTRATION_CLOSED']
  const hasSeat = freeSeats(event) >= partySize && event.queued === 0
  const canBeTaken = step.to === 'CONFIRMED' ? hasSeat : event.isWaitlistEnabled
  return canBeTaken ? [] : ['EVENT_FULL']
}

/** An offer that ends at an instant cannot be accepted at that instant. */
export const isOver = (offerExpiresAt: Date | null, now: Date): boolean =>
  offerExpiresAt !== null && offerExpiresAt <= now
