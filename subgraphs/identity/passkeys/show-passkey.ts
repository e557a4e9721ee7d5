import type { Context, Transaction } from '@guildhall/kit/context'
import { type AuthenticationResponseJSON, verifyAuthenticationResponse } from '@simplewebauthn/server'
import { and, eq, lt, or, sql } from 'drizzle-orm'
import { lockAccount } from '../accounts/lock-account.ts'
import { authenticationResponse, userHandleOf } from '../domain/passkey-response.ts'
import { recordSecurity } from '../security/security-log.ts'
import { type PasskeyChallengeRow, type PasskeyRow, passkeys, type UserRow } from '../tables.ts'
import { spendChallenge } from './passkey-challenges.ts'
import { relyingParty } from './relying-party.ts'

/** Whose passkey it is, or why it proves nothing. */
export type Showing = { verdict: 'right'; user: UserRow } | { verdict: 'wrong' | 'expired' }

/**
 * Checks what an authenticator has signed, and locks the account that it speaks for. Challenge and counter move here,
 * so the transaction has to commit even when the answer is no.
 *
 * @param userId whose passkey it has to be; null: it says itself.
 */
export async function showPasskey(
  ctx: Context,
  tx: Transaction,
  text: string,
  { purpose, userId }: Pick<PasskeyChallengeRow, 'purpose' | 'userId'>,
): Promise<Showing> {
  const response = authenticationResponse(text)
  if (!response) return wrong
  const [known] = await tx.select().from(passkeys).where(eq(passkeys.credentialId, response.id))
  const user = known ? await lockAccount(tx, known.userId) : null
  const challenge = await spendChallenge(ctx, tx, response.response.clientDataJSON, purpose)
  if (!challenge) return { verdict: 'expired' }
  if (!known || !user || !isMeant(user.id, [userId, challenge.userId])) return wrong
  if (response.response.userHandle && response.response.userHandle !== userHandleOf(user.id)) return wrong
  const signed = await verified(response, known, challenge.challenge)
  if (!signed) return wrong
  if (await moveCounter(ctx, tx, known, signed)) return { verdict: 'right', user }
  await recordSecurity(ctx, tx, {
    userId: user.id,
    kind: 'PASSKEY_CLONED',
    details: { label: known.label, counter: signed.newCounter },
  })
  return wrong
}

const wrong: Showing = { verdict: 'wrong' }

const isMeant = (userId: string, wanted: readonly (string | null)[]): boolean =>
  wanted.every((id) => id === null || id === userId)

interface Signed {
  newCounter: number
  credentialBackedUp: boolean
}

/** Origin, relying party, challenge, the owner's presence and the signature; the library throws for most of them. */
async function verified(
  response: AuthenticationResponseJSON,
  passkey: PasskeyRow,
  expectedChallenge: string,
): Promise<Signed | null> {
  const { id, origins } = relyingParty()
  try {
    const { verified: isGood, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge,
      expectedOrigin: origins,
      expectedRPID: id,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
        // The database compares counters, below: it alone decides between two answers at the same time.
        counter: 0,
      },
    })
    return isGood ? authenticationInfo : null
  } catch {
    return null
  }
}

/** A counter only ever grows. Authenticators that do not count say 0 each time. */
async function moveCounter(
  ctx: Context,
  tx: Transaction,
  { id }: PasskeyRow,
  { newCounter, credentialBackedUp }: Signed,
): Promise<boolean> {
  const doesNotCount = and(eq(passkeys.signCount, 0), sql`${newCounter}::bigint = 0`)
  const moved = await tx
    .update(passkeys)
    .set({ signCount: newCounter, lastUsedAt: ctx.now(), isBackedUp: credentialBackedUp })
    .where(and(eq(passkeys.id, id), or(lt(passkeys.signCount, newCounter), doesNotCount)))
    .returning({ id: passkeys.id })
  return moved.length > 0
}
