import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { RemoveTotpInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockAccount } from '../lock-account.ts'
import { requireOwnSession } from '../own-session.ts'
import { dropIdleRecoveryCodes } from '../recovery-codes.ts'
import { retireTotp } from '../retire-totp.ts'
import { recordSecurity } from '../security-log.ts'
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
