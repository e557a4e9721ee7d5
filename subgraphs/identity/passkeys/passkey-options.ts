import type { Context, Transaction } from '@guildhall/kit/context'
import { generateAuthenticationOptions } from '@simplewebauthn/server'
import { asc, eq } from 'drizzle-orm'
import { type PasskeyRow, passkeys } from '../tables.ts'
import { challengeMinutes, keepChallenge } from './passkey-challenges.ts'
import { relyingParty } from './relying-party.ts'

/** The passkeys of an account, oldest first; at most 20: see `passkey_slots`. */
export const passkeysOf = (db: Context['db'] | Transaction, userId: string): Promise<PasskeyRow[]> =>
  db
    .select()
    .from(passkeys)
    .where(eq(passkeys.userId, userId))
    .orderBy(asc(passkeys.createdAt), asc(passkeys.id))

/** How a browser names passkeys to authenticators. */
export const descriptorOf = ({ credentialId, transports }: PasskeyRow) => ({ id: credentialId, transports })

/**
 * What a browser hands to `navigator.credentials.get`, as JSON text; its challenge is good once.
 *
 * @param userId whose passkeys will do; null: any that the authenticator knows, which says nothing about accounts.
 */
export async function authenticationOptions(
  ctx: Context,
  tx: Transaction,
  { purpose, userId }: { purpose: 'LOGIN' | 'STEP_UP'; userId: string | null },
): Promise<string> {
  const allowed = userId === null ? [] : await passkeysOf(tx, userId)
  const options = await generateAuthenticationOptions({
    rpID: relyingParty().id,
    allowCredentials: allowed.map(descriptorOf),
    userVerification: 'required',
    timeout: challengeMinutes * 60_000,
  })
  await keepChallenge(ctx, tx, { challenge: options.challenge, purpose, userId })
  return JSON.stringify(options)
}
