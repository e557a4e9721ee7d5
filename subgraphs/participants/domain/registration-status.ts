import type { Step } from '@guildhall/kit/state-machine'
import type { RegistrationRow } from '../tables.ts'

export type RegistrationStatus = RegistrationRow['status']

/** Who may take a step: the participant, a reviewer of the organization, or the house itself. */
export type StepTaker = 'PARTICIPANT' | 'REVIEWER' | 'HOUSE'

/** A step with the one who may take it and the mutation that does. */
export interface RegistrationStep extends Step<RegistrationStatus> {
  by: StepTaker
  /** Null where the house takes the step by itself. */
  mutation: string | null
}

const withdraw = { to: 'WITHDRAWN', by: 'PARTICIPANT', mutation: 'withdrawRegistration' } as const
const reject = { to: 'REJECTED', by: 'REVIEWER', mutation: 'rejectRegistration', needsReason: true } as const
const callOff = { to: 'CANCELLED', by: 'HOUSE', mutation: null } as const

/** The life of a registration. Approval leads to a seat, or to the queue for one. */
export const registrationLife: Readonly<Record<RegistrationStatus, readonly RegistrationStep[]>> = {
  PENDING_APPROVAL: [
    { to: 'CONFIRMED', by: 'REVIEWER', mutation: 'approveRegistration' },
    { to: 'WAITLISTED', by: 'REVIEWER', mutation: 'approveRegistration' },
    reject,
    withdraw,
    callOff,
  ],
  WAITLISTED: [{ to: 'OFFERED', by: 'HOUSE', mutation: null }, reject, withdraw, callOff],
  OFFERED: [
    { to: 'CONFIRMED', by: 'PARTICIPANT', mutation: 'acceptOffer' },
    { to: 'WITHDRAWN', by: 'PARTICIPANT', mutation: 'declineOffer' },
    { to: 'EXPIRED', by: 'HOUSE', mutation: null },
    callOff,
  ],
  CONFIRMED: [withdraw, callOff],
  CHECKED_IN: [],
  REJECTED: [],
  WITHDRAWN: [],
  EXPIRED: [],
  CANCELLED: [],
  NO_SHOW: [],
}

/** Registrations that occupy a seat. */
export const seatHolding: readonly RegistrationStatus[] = ['OFFERED', 'CONFIRMED', 'CHECKED_IN']

export const holdsSeat = (status: RegistrationStatus): boolean => seatHolding.includes(status)

/** Registrations that are not over; they keep an event from going back to draft. */
export const liveStatuses: readonly RegistrationStatus[] = ['PENDING_APPROVAL', 'WAITLISTED', ...seatHolding]

/** What falls with the event: who was there already, was there. */
export const fallsWithEvent = (Object.keys(registrationLife) as RegistrationStatus[]).filter((status) =>
  registrationLife[status].some((step) => step.to === 'CANCELLED'),
)
