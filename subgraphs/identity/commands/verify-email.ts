import { done, type Outcome } from '@guildhall/kit/outcome'
import type { VerifyEmailInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { markVerified } from '../mark-verified.ts'
import { spendToken } from '../one-time-tokens.ts'

/** Takes a token from a mail as the proof that the address is read by the account's owner. */
export async function verifyEmail(ctx: Ctx, { token }: VerifyEmailInput): Promise<Outcome<boolean>> {
  return ctx.transaction('verifyEmail', async (tx) => {
    const spent = await spendToken(ctx, tx, 'VERIFY_EMAIL', token)
    if (!spent.ok) return spent
    await markVerified(ctx, tx, spent.value.userId)
    return done(true)
  })
}
