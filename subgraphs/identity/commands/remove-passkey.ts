import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import { lockAccount } from '../accounts/lock-account.ts'
import { noAccount } from '../accounts/no-account.ts'
import contract from '../contract.ts'
import { canLogIn, lastLoginMethod } from '../external/login-methods.ts'
import { dropIdleRecoveryCodes } from '../factors/recovery-codes.ts'
import type { RemovePasskeyInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { recordSecurity } from '../security/security-log.ts'
import { requireOwnSession } from '../sessions/own-session.ts'
import { passkeys, type UserRow } from '../tables.ts'

/** Removes one of a person's passkeys: it opens nothing from now on. */
export async function removePasskey(ctx: Ctx, input: RemovePasskeyInput): Promise<Outcome<UserRow>> {
  ctx.requireStepUp()
  const { userId } = requireOwnSession(ctx)
  return ctx.transaction(
    'removePasskey',
    async (tx) => {
      const user = await lockAccount(tx, userId)
      if (!user) return failed(noAccount())
      const [removed] = await tx
        .delete(passkeys)
        .where(and(eq(passkeys.id, input.id), eq(passkeys.userId, userId)))
        .returning()
      if (!removed) {
        return failed(contract.failure('NOT_FOUND', 'You have no such passkey.', ['input', 'id']))
      }
      if (!(await canLogIn(tx, userId))) return failed(lastLoginMethod())
      await recordSecurity(ctx, tx, { userId, kind: 'PASSKEY_REMOVED', details: { label: removed.label } })
      await dropIdleRecoveryCodes(tx, userId)
      return done(user)
    },
    {},
    input,
  )
}
