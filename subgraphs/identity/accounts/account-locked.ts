import type { Failure } from '@guildhall/kit/outcome'

/** Too many wrong attempts: the same answer whether the account exists or not. */
export function accountLocked(until: Date, now: Date): Failure {
  const retryAfterSeconds = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000))
  return {
    __typename: 'AccountLockedError',
    code: 'ACCOUNT_LOCKED',
    message: `Too many failed attempts. Try again in ${retryAfterSeconds} s.`,
    path: ['input'],
    retryAfterSeconds,
  }
}
