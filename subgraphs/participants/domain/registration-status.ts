import type { Step } from '@guildhall/kit/state-machine'
import type { RegistrationRow } from '../tables.ts'

export type RegistrationStatus = RegistrationRow['status']

/** Who may take a step: the participant, a reviewer or an organizer of the event, those at the doors, or the house itself. */
export type StepTaker = 'PARTICIPANT' | 'REVIEWER' | 'ORGANIZER' | 'DOORS' | 'HOUSE'

/** A step with the one who may take it and the mutation that does. */
export interface RegistrationStep extends Step<RegistrationStatus> {
  by: StepTaker
  /** Null where the house takes the step by itself. */
  mutation: string | null
}

const withdraw = { to: 'WITHDRAWN', by: 'PARTICIPANT', mutation: 'withdrawRegistration' } as const
const reject = { to: 'REJECTED', by: 'REVIEWER', mutation: 'rejectRegistration', needsReason: true } as const
const arrive = { to: 'CHECKED_IN', by: 'DOORS', mutation: 'checkIn' } as const
const cancel = {
  to: 'CANCELLED',
  by: 'ORGANIZER',
  mutation: 'cancelRegistration',
  needsReason: true,
} as const
/** Of a participant who changed what was approved, where the form says so. */
const decideAgain = { to: 'PENDING_APPROVAL', by: 'HOUSE', mutation: null } as const
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
  WAITLISTED: [{ to: 'OFFERED', by: 'HOUSE', mutation: null }, reject, withdraw, callOff, decideAgain],
  OFFERED: [
    { to: 'CONFIRMED', by: 'PARTICIPANT', mutation: 'acceptOffer' },
    { to: 'WITHDRAWN', by: 'PARTICIPANT', mutation: 'declineOffer' },
    { to: 'EXPIRED', by: 'HOUSE', mutation: null },
    cancel,
    callOff,
    decideAgain,
  ],
  CONFIRMED: [arrive, { to: 'NO_SHOW', by: 'HOUSE', mutation: null }, withdraw, cancel, callOff, decideAgain],
  CHECKED_IN: [{ to: 'CONFIRMED', by: 'DOORS', mutation: 'undoCheckIn', needsReason: true }],
  REJECTED: [{ to: 'PENDING_APPROVAL', by: 'REVIEWER', mutation: 'reopenRegistration', needsReason: true }],
  WITHDRAWN: [],
  EXPIRED: [],
  CANCELLED: [],
  // A device that was offline may tell late that somebody was there after all.
  NO_SHOW: [arrive],
}

/** Registrations that occupy a seat; of those who did not come it is not given away. */
export const seatHolding: readonly RegistrationStatus[] = ['OFFERED', 'CONFIRMED', 'CHECKED_IN', 'NO_SHOW']

export const holdsSeat = (status: RegistrationStatus): boolean => seatHolding.includes(status)

/** Registrations that are not over; they keep an event from going back to draft. */
export const liveStatuses: readonly RegistrationStatus[] = [
  'PENDING_APPROVAL',
  'WAITLISTED',
  'OFFERED',
  'CONFIRMED',
  'CHECKED_IN',
]

/** What falls with the event: who was there already, was there. */
export const fallsWithEvent = (Object.keys(registrationLife) as RegistrationStatus[]).filter((status) =>
  registrationLife[status].some((step) => step.to === 'CANCELLED'),
)
