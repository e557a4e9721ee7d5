import { isId } from '@guildhall/kit/ids'
import { queueMail } from '@guildhall/kit/mail/queue'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, ne } from 'drizzle-orm'
import { linkTo } from '../accounts/links.ts'
import { noAccount } from '../accounts/no-account.ts'
import { triedBy } from '../accounts/tried-by.ts'
import contract from '../contract.ts'
import { passwordChangedMail } from '../domain/mails.ts'
import type { ChangePasswordInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { checkPassword } from '../passwords/check-password.ts'
import { newPasswordProblems, replacePassword } from '../passwords/new-password.ts'
import { hashPassword } from '../passwords/passwords.ts'
import { recordSecurity } from '../security/security-log.ts'
import { revokeSessions } from '../sessions/revoke-sessions.ts'
import { mails, sessions } from '../tables.ts'

/** Puts a new password in the place of one that is known, and ends all sessions but this one. */
export async function changePassword(ctx: Ctx, input: ChangePasswordInput): Promise<Outcome<number>> {
  const { userId, sessionId } = ctx.requireViewer()
  const tried = await triedBy(ctx, userId)
  if (!tried) return failed(noAccount())
  const checked = await checkPassword(ctx, tried, input.currentPassword, ['input', 'currentPassword'])
  if (!checked.ok) return checked
  const problems = await newPasswordProblems(ctx, input.newPassword, tried, ['input', 'newPassword'])
  if (problems.length > 0) return failed(...problems)
  const hash = await hashPassword(input.newPassword)

  return ctx.transaction('changePassword', async (tx) => {
    if (!(await replacePassword(ctx, tx, userId, hash, checked.value))) {
      return failed(
        contract.failure('INVALID_CREDENTIALS', 'The password was changed meanwhile.', [
          'input',
          'currentPassword',
        ]),
      )
    }
    const others = isId('ses', sessionId) ? ne(sessions.id, sessionId) : undefined
    const ended = await revokeSessions(ctx, tx, 'PASSWORD_CHANGED', and(eq(sessions.userId, userId), others))
    await recordSecurity(ctx, tx, { userId, kind: 'PASSWORD_CHANGED' })
    await queueMail(ctx, tx, mails, passwordChangedMail(tried.email, linkTo('reset-password')))
    return done(ended)
  })
}
