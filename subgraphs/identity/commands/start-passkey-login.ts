import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, gt, isNull, lt } from 'drizzle-orm'
import { countCall } from '../accounts/count-call.ts'
import contract from '../contract.ts'
import { passkeyLoginStarts } from '../domain/lockout.ts'
import { wrongProofsMax } from '../domain/proof-lock.ts'
import { hashOf } from '../domain/refresh-token.ts'
import type { StartPasskeyLoginInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { authenticationOptions } from '../passkeys/passkey-options.ts'
import { loginChallenges } from '../tables.ts'

/**
 * What a browser hands to `navigator.credentials.get`, as JSON text. Passkeys of an account are named only to somebody
 * who has shown its first proof; everybody else is told the same, whoever they may be.
 */
export async function startPasskeyLogin(ctx: Ctx, input: StartPasskeyLoginInput): Promise<Outcome<string>> {
  await countCall(ctx, passkeyLoginStarts)
  return ctx.transaction('startPasskeyLogin', async (tx) => {
    if (input.challengeToken == null) {
      return done(await authenticationOptions(ctx, tx, { purpose: 'LOGIN', userId: null }))
    }
    const [challenge] = await tx
      .select({ userId: loginChallenges.userId })
      .from(loginChallenges)
      .where(
        and(
          eq(loginChallenges.hash, hashOf(input.challengeToken)),
          isNull(loginChallenges.usedAt),
          gt(loginChallenges.expiresAt, ctx.now()),
          lt(loginChallenges.attempts, wrongProofsMax),
        ),
      )
    if (!challenge) {
      return failed(
        contract.failure('TOKEN_INVALID', 'This login is over; begin again.', ['input', 'challengeToken']),
      )
    }
    return done(await authenticationOptions(ctx, tx, { purpose: 'LOGIN', userId: challenge.userId }))
  })
}
