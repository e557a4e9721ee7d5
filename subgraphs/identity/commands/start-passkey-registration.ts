import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { generateRegistrationOptions } from '@simplewebauthn/server'
import { lockAccount } from '../accounts/lock-account.ts'
import { noAccount } from '../accounts/no-account.ts'
import type { StartPasskeyRegistrationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { challengeMinutes, keepChallenge } from '../passkeys/passkey-challenges.ts'
import { descriptorOf, passkeysOf } from '../passkeys/passkey-options.ts'
import { passkeyAlgorithms, relyingParty } from '../passkeys/relying-party.ts'
import { requireOwnSession } from '../sessions/own-session.ts'

/** What a browser hands to `navigator.credentials.create`, as JSON text, to make a passkey for the person calling. */
export async function startPasskeyRegistration(
  ctx: Ctx,
  input: StartPasskeyRegistrationInput,
): Promise<Outcome<string>> {
  ctx.requireStepUp()
  const { userId } = requireOwnSession(ctx)
  const party = relyingParty()
  return ctx.transaction(
    'startPasskeyRegistration',
    async (tx) => {
      const user = await lockAccount(tx, userId)
      if (!user) return failed(noAccount())
      const options = await generateRegistrationOptions({
        rpID: party.id,
        rpName: party.name,
        userID: new TextEncoder().encode(userId),
        userName: user.email ?? user.displayName,
        userDisplayName: user.displayName,
        attestationType: 'none',
        supportedAlgorithmIDs: passkeyAlgorithms,
        excludeCredentials: (await passkeysOf(tx, userId)).map(descriptorOf),
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        timeout: challengeMinutes * 60_000,
      })
      await keepChallenge(ctx, tx, { challenge: options.challenge, purpose: 'REGISTER', userId })
      return done(JSON.stringify(options))
    },
    {},
    input,
  )
}
