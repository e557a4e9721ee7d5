import { done, type Outcome } from '@guildhall/kit/outcome'
import { markVerified } from '../accounts/mark-verified.ts'
import { spendToken } from '../accounts/one-time-tokens.ts'
import type { VerifyEmailInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'

/** Takes a token from a mail as the proof that the address is read by the account's owner. */
export async function verifyEmail(ctx: Ctx, { token }: VerifyEmailInput): Promise<Outcome<boolean>> {
  return ctx.transaction('verifyEmail', async (tx) => {
    const spent = await spendToken(ctx, tx, 'VERIFY_EMAIL', token)
    if (!spent.ok) return spent
    await markVerified(ctx, tx, spent.value.userId)
    return done(true)
  })
}
