import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { lockAccount } from '../accounts/lock-account.ts'
import contract from '../contract.ts'
import { dropIdleRecoveryCodes } from '../factors/recovery-codes.ts'
import { retireTotp } from '../factors/retire-totp.ts'
import type { RemoveTotpInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { recordSecurity } from '../security/security-log.ts'
import { requireOwnSession } from '../sessions/own-session.ts'
import type { UserRow } from '../tables.ts'

/** Ends the authenticator app of the person calling. */
export async function removeTotp(ctx: Ctx, input: RemoveTotpInput): Promise<Outcome<UserRow>> {
  ctx.requireStepUp()
  const { userId } = requireOwnSession(ctx)
  return ctx.transaction(
    'removeTotp',
    async (tx) => {
      const user = await lockAccount(tx, userId)
      if (!user || !(await retireTotp(ctx, tx, userId))) {
        return failed(contract.failure('NOT_FOUND', 'There is no authenticator app to remove.'))
      }
      await recordSecurity(ctx, tx, { userId, kind: 'TOTP_REMOVED' })
      await dropIdleRecoveryCodes(tx, userId)
      return done(user)
    },
    {},
    input,
  )
}
