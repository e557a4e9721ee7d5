import type { StateMachine } from '@guildhall/kit/state-machine'
import type { ErasureRow } from '../tables.ts'

/** How long somebody who wants to be forgotten can change their mind. */
export const graceDays = 14
/** How long an export can be read. */
export const exportDays = 7
/** A domain that fails this often is left to people. */
export const attemptsMax = 8
/** Whoever works on a request has it for this long; then another process takes it over. */
export const leaseSeconds = 60

export const erasureLife: StateMachine<ErasureRow['status']> = {
  GRACE: [{ to: 'RUNNING' }, { to: 'CANCELLED' }],
  RUNNING: [{ to: 'DONE' }, { to: 'FAILED' }],
  FAILED: [{ to: 'RUNNING' }],
  DONE: [],
  CANCELLED: [],
}

/** What is left of a person: the id, and this name. */
export const erasedName = 'Erased person'

/** When to ask again after so many failures: a minute, doubling, at most six hours. */
export const retryAt = (now: Date, failures: number): Date =>
  new Date(now.getTime() + Math.min(60 * 2 ** (failures - 1), 6 * 60 * 60) * 1000)
