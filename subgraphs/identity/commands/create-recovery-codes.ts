import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { z } from 'zod'
import { lockAccount } from '../accounts/lock-account.ts'
import contract from '../contract.ts'
import { replaceRecoveryCodes } from '../factors/recovery-codes.ts'
import { secondFactorsOf } from '../factors/second-factors.ts'
import type { CreateRecoveryCodesInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { requireOwnSession } from '../sessions/own-session.ts'

const wanted = z.object({ count: z.int().min(5).max(20) })

/** New recovery codes for the person calling; all codes of before are worth nothing from now on. */
export async function createRecoveryCodes(
  ctx: Ctx,
  input: CreateRecoveryCodesInput,
): Promise<Outcome<string[]>> {
  ctx.requireStepUp()
  const { userId } = requireOwnSession(ctx)
  const problems = problemsOf(wanted, input)
  if (problems.length > 0) return failed(...problems)
  return ctx.transaction('createRecoveryCodes', async (tx) => {
    await lockAccount(tx, userId)
    if ((await secondFactorsOf(tx, userId)).length === 0) {
      return failed(
        contract.failure('SECOND_FACTOR_MISSING', 'Set up an authenticator app or a passkey first.', [
          'input',
        ]),
      )
    }
    return done(await replaceRecoveryCodes(ctx, tx, userId, input.count))
  })
}
