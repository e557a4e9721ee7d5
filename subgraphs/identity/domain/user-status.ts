import type { StateMachine } from '@guildhall/kit/state-machine'
import type { UserRow } from '../tables.ts'

export type UserStatus = UserRow['status']

/** The life of an account. */
export const userLife: StateMachine<UserStatus> = {
  PENDING_VERIFICATION: [
    { to: 'ACTIVE' },
    { to: 'SUSPENDED', needsReason: true },
    { to: 'DEACTIVATED' },
    { to: 'ERASED' },
  ],
  ACTIVE: [{ to: 'SUSPENDED', needsReason: true }, { to: 'DEACTIVATED' }, { to: 'ERASED' }],
  SUSPENDED: [{ to: 'ACTIVE' }, { to: 'PENDING_VERIFICATION' }, { to: 'ERASED' }],
  DEACTIVATED: [{ to: 'ACTIVE' }, { to: 'PENDING_VERIFICATION' }, { to: 'ERASED' }],
  ERASED: [],
}

/** Accounts with which one can call. */
export const usableStatuses = ['ACTIVE', 'PENDING_VERIFICATION'] as const satisfies UserStatus[]

export const isUsable = ({ status }: Pick<UserRow, 'status'>): boolean =>
  usableStatuses.some((usable) => usable === status)

/** Where an account comes back to that was shut: nobody is spared showing that they read their address. */
export const returnStatus = ({ kind, emailVerifiedAt }: Pick<UserRow, 'kind' | 'emailVerifiedAt'>) =>
  kind === 'SERVICE' || emailVerifiedAt ? 'ACTIVE' : 'PENDING_VERIFICATION'
