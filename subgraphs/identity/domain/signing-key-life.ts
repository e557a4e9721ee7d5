import type { StateMachine } from '@guildhall/kit/state-machine'
import type { SigningKeyRow } from '../tables.ts'

export type SigningKeyStatus = SigningKeyRow['status']

/** The life of a key that signs access tokens. Whatever state it is in, it can be revoked. */
export const signingKeyLife: StateMachine<SigningKeyStatus> = {
  NEXT: [{ to: 'ACTIVE' }, { to: 'REVOKED' }],
  ACTIVE: [{ to: 'RETIRING' }, { to: 'REVOKED' }],
  RETIRING: [{ to: 'RETIRED' }, { to: 'REVOKED' }],
  RETIRED: [{ to: 'REVOKED' }],
  REVOKED: [],
}

/** Keys that routers are told of: those whose tokens are good, or will be. */
export const publishedStatuses: readonly SigningKeyStatus[] = ['NEXT', 'ACTIVE', 'RETIRING']

const minutes = 60_000
/** A key is published this long before it signs: routers read the keys every five minutes. */
export const publishedAheadMs = 10 * minutes
/** How long a key signs. */
export const signingMs = 30 * 24 * 60 * minutes
/** A key verifies this long after it stopped signing: longer than the longest life of a token (60 minutes). */
export const verifyingMs = 120 * minutes

/** Whether every router knows this key by now, so that it may begin to sign. */
export const isKnownEverywhere = ({ createdAt }: Pick<SigningKeyRow, 'createdAt'>, now: Date): boolean =>
  now.getTime() - createdAt.getTime() >= publishedAheadMs

/** Whether a key has signed for long enough. Keys of before this was written down count from when they were made. */
export const hasServed = (
  { activatedAt, createdAt }: Pick<SigningKeyRow, 'activatedAt' | 'createdAt'>,
  now: Date,
): boolean => now.getTime() - (activatedAt ?? createdAt).getTime() >= signingMs

/** Whether every token that a key signed has ended. */
export const isSpent = ({ retiredAt }: Pick<SigningKeyRow, 'retiredAt'>, now: Date): boolean =>
  retiredAt !== null && now.getTime() - retiredAt.getTime() >= verifyingMs
