import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import { unwrapped } from '../factors/judge-proof.ts'
import type { FinishPasskeyLoginInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { showPasskey } from '../passkeys/show-passkey.ts'
import { admit } from '../sessions/admit.ts'
import { type Admission, type Login, loginOf } from '../sessions/begin-session.ts'

/**
 * Logs in with a passkey alone: it has checked its owner, and so is as good as two proofs. What is wrong with an answer
 * is not told, nor whether anybody has such a passkey.
 */
export async function finishPasskeyLogin(ctx: Ctx, input: FinishPasskeyLoginInput): Promise<Outcome<Login>> {
  const outcome = unwrapped(
    await ctx.transaction('finishPasskeyLogin', async (tx): Promise<Outcome<Outcome<Admission>>> => {
      const shown = await showPasskey(ctx, tx, input.response, { purpose: 'LOGIN', userId: null })
      // Committed: challenge and counter have moved, whatever comes of it.
      if (shown.verdict === 'right') return done(await admit(ctx, tx, shown.user, ['PASSKEY']))
      return done(shown.verdict === 'expired' ? expired : unknown)
    }),
  )
  return outcome.ok ? done(await loginOf(ctx, outcome.value)) : outcome
}

const unknown = failed(
  contract.failure('PASSKEY_INVALID', 'This passkey opens nothing here.', ['input', 'response']),
)

const expired = failed(
  contract.failure('PASSKEY_CHALLENGE_EXPIRED', 'This took too long, or was answered before: begin again.', [
    'input',
    'response',
  ]),
)
