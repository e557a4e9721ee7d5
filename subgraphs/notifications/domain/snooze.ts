import type { Failure } from '@guildhall/kit/outcome'
import contract from '../contract.ts'

/** Nobody puts a notification off for longer. */
export const snoozeDaysMax = 365

/** Why notifications cannot be put off until then, or null. */
export function snoozeProblem(wakeAt: Date, now: Date): Failure | null {
  const path = ['input', 'wakeAt']
  if (wakeAt.getTime() <= now.getTime()) {
    return contract.failure('SNOOZE_IN_PAST', 'Notifications are put off until a time to come.', path)
  }
  if (wakeAt.getTime() > now.getTime() + snoozeDaysMax * 24 * 3_600_000) {
    return contract.failure('SNOOZE_TOO_LONG', `At most ${snoozeDaysMax} days.`, path)
  }
  return null
}
