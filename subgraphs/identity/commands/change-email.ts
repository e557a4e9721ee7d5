import { RateLimited } from '@guildhall/kit/errors'
import { queueMail } from '@guildhall/kit/mail/queue'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { linkTo } from '../accounts/links.ts'
import { noAccount } from '../accounts/no-account.ts'
import { issueToken } from '../accounts/one-time-tokens.ts'
import { triedBy } from '../accounts/tried-by.ts'
import contract from '../contract.ts'
import { emailAddress, normalizeEmail } from '../domain/email.ts'
import { changeEmailMail, emailChangeRequestedMail } from '../domain/mails.ts'
import type { ChangeEmailInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { checkPassword } from '../passwords/check-password.ts'
import { mails, users } from '../tables.ts'

/**
 * Asks a new address to confirm that it is read, and warns the present one. Whether somebody else has the address is
 * not looked at: that is told to whoever reads it, and to nobody else.
 */
export async function changeEmail(ctx: Ctx, input: ChangeEmailInput): Promise<Outcome<boolean>> {
  const { userId } = ctx.requireViewer()
  ctx.requireStepUp()
  const tried = await triedBy(ctx, userId)
  if (!tried) return failed(noAccount())
  const email = normalizeEmail(input.email)
  const problems = problemsOf(z.object({ email: emailAddress }), input)
  if (problems.length === 0 && email === tried.email) {
    problems.push(contract.failure('EMAIL_UNCHANGED', 'This is your address already.', ['input', 'email']))
  }
  if (problems.length > 0) return failed(...problems)
  const checked = await checkPassword(ctx, tried, input.password, ['input', 'password'])
  if (!checked.ok) return checked

  return ctx.transaction('changeEmail', async (tx) => {
    const issued = await issueToken(ctx, tx, eq(users.id, userId), 'CHANGE_EMAIL', email)
    if (!issued) throw new RateLimited('A mail was sent less than a minute ago.')
    await queueMail(ctx, tx, mails, changeEmailMail(email, linkTo('change-email', issued.token)))
    await queueMail(ctx, tx, mails, emailChangeRequestedMail(tried.email, linkTo('reset-password')))
    return done(true)
  })
}
