import { queueMail } from '@guildhall/kit/mail/queue'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { accountLocked } from '../accounts/account-locked.ts'
import { linkTo } from '../accounts/links.ts'
import { issueToken } from '../accounts/one-time-tokens.ts'
import { pretendMail } from '../accounts/pretend-mail.ts'
import { count, guardOf, lockedUntil } from '../accounts/throttle.ts'
import { emailAddress, normalizeEmail } from '../domain/email.ts'
import { networkOf, networkPolicy } from '../domain/lockout.ts'
import { resetPasswordMail } from '../domain/mails.ts'
import type { RequestPasswordResetInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { mails, users } from '../tables.ts'

/**
 * Sends a link to set a new password, at most once a minute. An address that nobody has takes the same way with as many
 * statements; that the caller's network is counted gives both something to write.
 */
export async function requestPasswordReset(
  ctx: Ctx,
  input: RequestPasswordResetInput,
): Promise<Outcome<boolean>> {
  const problems = problemsOf(z.object({ email: emailAddress }), input)
  if (problems.length > 0) return failed(...problems)
  const email = normalizeEmail(input.email)
  const network = guardOf(ctx, networkPolicy, 'reset', networkOf(ctx.client.address) ?? 'unknown')
  return ctx.transaction('requestPasswordReset', async (tx) => {
    if (!(await count(ctx, network, tx))) {
      return failed(accountLocked((await lockedUntil(ctx, [network])) ?? ctx.now(), ctx.now()))
    }
    const issued = await issueToken(ctx, tx, eq(users.email, email), 'RESET_PASSWORD')
    const mail = resetPasswordMail(email, linkTo('reset-password', issued?.token ?? ''))
    if (issued) await queueMail(ctx, tx, mails, mail)
    else await pretendMail(ctx, tx, mail.text)
    return done(true)
  })
}
