import type { Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { line, problemsOf } from '@guildhall/kit/validate'
import { type RegistrationResponseJSON, verifyRegistrationResponse } from '@simplewebauthn/server'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { lockAccount } from '../accounts/lock-account.ts'
import { noAccount } from '../accounts/no-account.ts'
import contract from '../contract.ts'
import { registrationResponse } from '../domain/passkey-response.ts'
import { unwrapped } from '../factors/judge-proof.ts'
import { secondFactorAdded } from '../factors/second-factor-added.ts'
import { secondFactorsOf } from '../factors/second-factors.ts'
import type { FinishPasskeyRegistrationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { spendChallenge } from '../passkeys/passkey-challenges.ts'
import { passkeyAlgorithms, relyingParty } from '../passkeys/relying-party.ts'
import { recordSecurity } from '../security/security-log.ts'
import { requireOwnSession } from '../sessions/own-session.ts'
import { type PasskeyRow, passkeys, passkeysMax } from '../tables.ts'

/** What has to be shown after a passkey was made. */
export interface PasskeyAdded {
  passkey: PasskeyRow
  /** Shown once; null when the person has some from before. */
  recoveryCodes: string[] | null
}

const label = z.object({ label: line(60) })

/** Keeps the passkey that an authenticator has made, once it has signed our challenge for our application. */
export async function finishPasskeyRegistration(
  ctx: Ctx,
  input: FinishPasskeyRegistrationInput,
): Promise<Outcome<PasskeyAdded>> {
  ctx.requireStepUp()
  const { userId } = requireOwnSession(ctx)
  const problems = problemsOf(label, input)
  if (problems.length > 0) return failed(...problems)
  const response = registrationResponse(input.response)
  if (!response) return refused

  return unwrapped(
    await ctx.transaction(
      'finishPasskeyRegistration',
      async (tx): Promise<Outcome<Outcome<PasskeyAdded>>> => {
        const user = await lockAccount(tx, userId)
        if (!user) return failed(noAccount())
        const challenge = await spendChallenge(ctx, tx, response.response.clientDataJSON, 'REGISTER')
        if (challenge?.userId !== userId) return done(expired)
        const made = await verified(response, challenge.challenge)
        // Committed: the challenge is spent, whatever was answered.
        if (!made) return done(refused)
        const isFirst = (await secondFactorsOf(tx, userId)).length === 0
        const passkey = await insertPasskey(ctx, tx, { ...made, userId, label: input.label.trim() })
        await recordSecurity(ctx, tx, { userId, kind: 'PASSKEY_ADDED', details: { label: passkey.label } })
        return done(done({ passkey, recoveryCodes: await secondFactorAdded(ctx, tx, { isFirst }) }))
      },
      {
        passkey_credential_unique: () =>
          contract.failure('PASSKEY_TAKEN', 'This passkey is registered already.', ['input', 'response']),
        passkey_slots: () =>
          contract.failure('TOO_MANY_PASSKEYS', `You have ${passkeysMax} passkeys already.`, ['input']),
      },
    ),
  )
}

type Made = Pick<PasskeyRow, 'credentialId' | 'publicKey' | 'signCount' | 'transports' | 'isBackedUp'>

/** Null when it was not made for us, not by this challenge, or without asking its owner. */
async function verified(response: RegistrationResponseJSON, expectedChallenge: string): Promise<Made | null> {
  const { id, origins } = relyingParty()
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge,
      expectedOrigin: origins,
      expectedRPID: id,
      requireUserVerification: true,
      supportedAlgorithmIDs: passkeyAlgorithms,
    })
    if (!registrationInfo) return null
    const { credential, credentialBackedUp } = registrationInfo
    return {
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      signCount: credential.counter,
      transports: credential.transports ?? [],
      isBackedUp: credentialBackedUp,
    }
  } catch {
    return null
  }
}

/** Takes the first free of the account's slots; one too many is refused by `passkey_slots`. */
async function insertPasskey(
  ctx: Ctx,
  tx: Transaction,
  made: Made & Pick<PasskeyRow, 'userId' | 'label'>,
): Promise<PasskeyRow> {
  const isTaken = sql`select 1 from ${passkeys} where ${passkeys.userId} = ${sql.param(made.userId, passkeys.userId)} and ${passkeys.slot} = free`
  const slot = sql<number>`coalesce((
    select min(free) from generate_series(1, ${passkeysMax}::int) free where not exists (${isTaken})
  ), ${passkeysMax}::int + 1)`
  const [passkey] = await tx
    .insert(passkeys)
    .values({ ...made, id: ctx.newId('pky'), slot, createdAt: ctx.now() })
    .returning()
  if (!passkey) throw new Error('insert returned nothing')
  return passkey
}

const refused = failed(
  contract.failure('PASSKEY_INVALID', 'This is no passkey for this application.', ['input', 'response']),
)

const expired = failed(
  contract.failure('PASSKEY_CHALLENGE_EXPIRED', 'This took too long, or was answered before: begin again.', [
    'input',
    'response',
  ]),
)
