import type { StateMachine } from '@guildhall/kit/state-machine'
import type { OrganizationRow } from '../tables.ts'

export type OrganizationStatus = OrganizationRow['status']

/** Who wants to end an organization can think again for a while. */
export const organizationLife: StateMachine<OrganizationStatus> = {
  ACTIVE: [{ to: 'CLOSING' }],
  CLOSING: [{ to: 'ACTIVE' }, { to: 'CLOSED' }],
  CLOSED: [],
}

const graceDays = 14

/** When an organization ends whose end is asked for now. */
export const endOfGrace = (now: Date): Date => new Date(now.getTime() + graceDays * 24 * 60 * 60 * 1000)

/** The status by the clock: one whose grace is over is as good as closed, until the schedule comes by. */
export const lifeAt = (
  { status, closesAt }: Pick<OrganizationRow, 'status' | 'closesAt'>,
  now: Date,
): OrganizationStatus => (status === 'CLOSING' && closesAt && closesAt <= now ? 'CLOSED' : status)
