import { queueMail } from '@guildhall/kit/mail/queue'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import { activeIfPending } from '../accounts/mark-verified.ts'
import { noAccount } from '../accounts/no-account.ts'
import { payloadOf, spendToken, voidTokens } from '../accounts/one-time-tokens.ts'
import contract from '../contract.ts'
import { emailChangedMail } from '../domain/mails.ts'
import type { ConfirmEmailChangeInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { recordSecurity } from '../security/security-log.ts'
import { mails, users } from '../tables.ts'

/** Changes the address to one whose mail the account's owner has just shown to read. The unique index decides. */
export async function confirmEmailChange(
  ctx: Ctx,
  input: ConfirmEmailChangeInput,
): Promise<Outcome<boolean>> {
  return ctx.transaction(
    'confirmEmailChange',
    async (tx) => {
      const spent = await spendToken(ctx, tx, 'CHANGE_EMAIL', input.token)
      if (!spent.ok) return spent
      const { userId } = spent.value
      const [before] = await tx
        .select({ email: users.email })
        .from(users)
        .where(eq(users.id, userId))
        .for('update')
      if (!before?.email) return failed(noAccount())
      const now = ctx.now()
      await tx
        .update(users)
        .set({
          email: payloadOf(ctx, spent.value),
          emailVerifiedAt: now,
          status: activeIfPending,
          updatedAt: now,
        })
        .where(and(eq(users.id, userId), eq(users.email, before.email)))
      // They lie in an inbox that is no longer this person's.
      await voidTokens(ctx, tx, userId)
      await recordSecurity(ctx, tx, { userId, kind: 'EMAIL_CHANGED' })
      await queueMail(ctx, tx, mails, emailChangedMail(before.email))
      return done(true)
    },
    {
      user_email_unique: () =>
        contract.failure('EMAIL_TAKEN', 'Another account has this address.', ['input', 'token']),
    },
  )
}
