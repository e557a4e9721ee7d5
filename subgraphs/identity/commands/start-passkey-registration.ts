import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { generateRegistrationOptions } from '@simplewebauthn/server'
import type { StartPasskeyRegistrationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockAccount } from '../lock-account.ts'
import { noAccount } from '../no-account.ts'
import { requireOwnSession } from '../own-session.ts'
import { challengeMinutes, keepChallenge } from '../passkey-challenges.ts'
import { descriptorOf, passkeysOf } from '../passkey-options.ts'
import { passkeyAlgorithms, relyingParty } from '../relying-party.ts'

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
