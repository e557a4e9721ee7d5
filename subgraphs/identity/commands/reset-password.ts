import { queueMail } from '@guildhall/kit/mail/queue'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import { closeOtherWaysIn } from '../accounts/close-other-ways-in.ts'
import { linkTo } from '../accounts/links.ts'
import { markVerified } from '../accounts/mark-verified.ts'
import { noAccount } from '../accounts/no-account.ts'
import { findToken, spendToken } from '../accounts/one-time-tokens.ts'
import { triedBy } from '../accounts/tried-by.ts'
import { passwordChangedMail } from '../domain/mails.ts'
import type { ResetPasswordInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { forgetFailures } from '../passwords/check-password.ts'
import { newPasswordProblems, replacePassword } from '../passwords/new-password.ts'
import { hashPassword } from '../passwords/passwords.ts'
import { recordSecurity } from '../security/security-log.ts'
import { revokeSessions } from '../sessions/revoke-sessions.ts'
import { mails, sessions } from '../tables.ts'

/**
 * Sets a new password for whoever reads the account's mail. The token is spent only with a password that is good: a
 * refused one may be tried again. All sessions end, because the reason may be that somebody else has one.
 */
export async function resetPassword(ctx: Ctx, input: ResetPasswordInput): Promise<Outcome<boolean>> {
  const found = await findToken(ctx.db, 'RESET_PASSWORD', input.token, ctx.now())
  if (!found.ok) return found
  const owner = await triedBy(ctx, found.value.userId)
  if (!owner) return failed(noAccount())
  const problems = await newPasswordProblems(ctx, input.newPassword, owner, ['input', 'newPassword'])
  if (problems.length > 0) return failed(...problems)
  const hash = await hashPassword(input.newPassword)

  const outcome = await ctx.transaction('resetPassword', async (tx) => {
    const spent = await spendToken(ctx, tx, 'RESET_PASSWORD', input.token)
    if (!spent.ok) return spent
    const { userId } = spent.value
    await replacePassword(ctx, tx, userId, hash)
    if (await markVerified(ctx, tx, userId)) await closeOtherWaysIn(ctx, tx, userId)
    await revokeSessions(ctx, tx, 'PASSWORD_RESET', eq(sessions.userId, userId))
    await recordSecurity(ctx, tx, { userId, kind: 'PASSWORD_RESET' })
    await queueMail(ctx, tx, mails, passwordChangedMail(owner.email, linkTo('reset-password')))
    return done(true)
  })
  if (outcome.ok) await forgetFailures(ctx, owner.email)
  return outcome
}
