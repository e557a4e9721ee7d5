import { type RegistrationStatus, registrationLife } from './registration-status.ts'

export type RegistrationDecision = 'CONFIRM' | 'WAITLIST' | 'REJECT'

/** Where a decision leads. */
export const reachedBy: Readonly<Record<RegistrationDecision, RegistrationStatus>> = {
  CONFIRM: 'CONFIRMED',
  WAITLIST: 'WAITLISTED',
  REJECT: 'REJECTED',
}

/** Statuses in which reviewers can decide so. */
export const decidableFrom = (decision: RegistrationDecision): RegistrationStatus[] =>
  (Object.keys(registrationLife) as RegistrationStatus[]).filter((status) => isDecidable(status, decision))

export const isDecidable = (status: RegistrationStatus, decision: RegistrationDecision): boolean =>
  registrationLife[status].some(({ to, by }) => by === 'REVIEWER' && to === reachedBy[decision])
