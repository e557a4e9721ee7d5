import { RateLimited } from '@guildhall/kit/errors'
import { queueMail } from '@guildhall/kit/mail/queue'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import { linkTo } from '../accounts/links.ts'
import { noAccount } from '../accounts/no-account.ts'
import { issueToken } from '../accounts/one-time-tokens.ts'
import contract from '../contract.ts'
import { verifyEmailMail } from '../domain/mails.ts'
import type { SendVerificationEmailInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { mails, users } from '../tables.ts'

/** Sends the link once more; the one before is void. At most once a minute. */
export async function sendVerificationEmail(
  ctx: Ctx,
  input: SendVerificationEmailInput,
): Promise<Outcome<boolean>> {
  const { userId } = ctx.requireViewer()
  return ctx.transaction(
    'sendVerificationEmail',
    async (tx) => {
      const [user] = await tx.select().from(users).where(eq(users.id, userId))
      if (!user?.email) return failed(noAccount())
      if (user.emailVerifiedAt) {
        return failed(contract.failure('EMAIL_ALREADY_VERIFIED', 'Your e-mail address is verified already.'))
      }
      const issued = await issueToken(ctx, tx, eq(users.id, userId), 'VERIFY_EMAIL')
      if (!issued) throw new RateLimited('A mail was sent less than a minute ago.')
      await queueMail(ctx, tx, mails, verifyEmailMail(user.email, linkTo('verify-email', issued.token)))
      return done(true)
    },
    {},
    input,
  )
}
