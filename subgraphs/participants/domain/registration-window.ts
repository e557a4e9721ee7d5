import type { Failure } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { EventSeatsRow } from '../tables.ts'
import type { RegistrationStatus } from './registration-status.ts'

type Terms = Pick<
  EventSeatsRow,
  'status' | 'endsAt' | 'registrationOpensAt' | 'registrationClosesAt' | 'isCallingOff'
>
type Seats = Pick<
  EventSeatsRow,
  'held' | 'queued' | 'seatLimit' | 'isWaitlistEnabled' | 'approvalMode' | 'maxPartySize' | 'capacity'
>

export type RegistrationState = 'NOT_YET_OPEN' | 'OPEN' | 'WAITLIST_ONLY' | 'FULL' | 'CLOSED'

/** Free seats; infinite where nothing limits them. */
export const freeSeats = ({ held, seatLimit }: Pick<Seats, 'held' | 'seatLimit'>): number =>
  seatLimit === null ? Number.POSITIVE_INFINITY : seatLimit - held

/** Whether seats of the event can be given away at all, by whichever way. */
export const isSeatable = (event: Terms, now: Date): boolean =>
  (event.status === 'PUBLISHED' || event.status === 'IN_PROGRESS') &&
  !event.isCallingOff &&
  now < event.endsAt

/** Whether the event takes registrations at this hour, seats or not. */
export function windowState(event: Terms, now: Date): 'NOT_YET_OPEN' | 'OPEN' | 'CLOSED' {
  if (event.status === 'DRAFT' || (event.isCallingOff && event.status === 'PUBLISHED')) return 'NOT_YET_OPEN'
  if (!isSeatable(event, now)) return 'CLOSED'
  if (event.registrationOpensAt && now < event.registrationOpensAt) return 'NOT_YET_OPEN'
  return event.registrationClosesAt && now >= event.registrationClosesAt ? 'CLOSED' : 'OPEN'
}

/** What a newcomer will meet; follows the clock, the event and its seats, never a job. */
export function registrationState(event: Terms & Seats, now: Date): RegistrationState {
  const state = windowState(event, now)
  if (state !== 'OPEN' || (freeSeats(event) > 0 && event.queued === 0)) return state
  return event.isWaitlistEnabled ? 'WAITLIST_ONLY' : 'FULL'
}

/**
 * What a newcomer starts as, or why nobody can register now. Reviewers decide before anybody queues.
 *
 * @param drawn the event's seats after the newcomer has drawn: somebody queues if and only if there were too few.
 */
export function admission(drawn: Terms & Seats, partySize: number, now: Date): RegistrationStatus | Failure {
  const path = ['input', 'eventId']
  const state = windowState(drawn, now)
  if (state === 'NOT_YET_OPEN') {
    return contract.failure('REGISTRATION_NOT_OPEN', 'Registration has not opened yet.', path)
  }
  if (state === 'CLOSED') return contract.failure('REGISTRATION_CLOSED', 'Registration is over.', path)
  const largest = largestParty(drawn)
  if (partySize > largest) return partyTooLarge(largest)
  const isManual = drawn.approvalMode === 'MANUAL'
  const isFull = drawn.queued > 0 || (isManual && freeSeats(drawn) < partySize)
  if (isFull && !drawn.isWaitlistEnabled) return eventFull(path)
  if (isManual) return 'PENDING_APPROVAL'
  return isFull ? 'WAITLISTED' : 'CONFIRMED'
}

/** Seats that one registration may ask for: a party that all seats are too few for would queue for ever. */
export const largestParty = ({ maxPartySize, capacity }: Pick<Seats, 'maxPartySize' | 'capacity'>): number =>
  Math.max(1, Math.min(maxPartySize, capacity ?? maxPartySize))

const partyTooLarge = (largest: number): Failure =>
  contract.failure('PARTY_TOO_LARGE', `A registration may have at most ${largest} seats.`, [
    'input',
    'partySize',
  ])

export const eventFull = (path: string[]): Failure =>
  contract.failure('EVENT_FULL', 'All seats are taken.', path)

const hourMs = 3_600_000

/** Until when an offer stands: no longer than the event itself. */
export const offerEnd = (event: Pick<EventSeatsRow, 'offerHours' | 'endsAt'>, now: Date): Date =>
  new Date(Math.min(now.getTime() + event.offerHours * hourMs, event.endsAt.getTime()))
