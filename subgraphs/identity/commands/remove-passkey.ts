import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import contract from '../contract.ts'
import type { RemovePasskeyInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockAccount } from '../lock-account.ts'
import { canLogIn, lastLoginMethod } from '../login-methods.ts'
import { noAccount } from '../no-account.ts'
import { requireOwnSession } from '../own-session.ts'
import { dropIdleRecoveryCodes } from '../recovery-codes.ts'
import { recordSecurity } from '../security-log.ts'
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
