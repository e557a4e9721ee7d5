import { isId } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import { lockAccount } from '../accounts/lock-account.ts'
import contract from '../contract.ts'
import { issuerIdentified } from '../external/external-issuers.ts'
import { canLogIn, lastLoginMethod } from '../external/login-methods.ts'
import type { UnlinkExternalIdentityInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { recordSecurity } from '../security/security-log.ts'
import { requireOwnSession } from '../sessions/own-session.ts'
import { externalIdentities } from '../tables.ts'

/** Parts with an identity, unless the person could not log in any more. */
export async function unlinkExternalIdentity(
  ctx: Ctx,
  input: UnlinkExternalIdentityInput,
): Promise<Outcome<string>> {
  ctx.requireStepUp()
  const { userId } = requireOwnSession(ctx)
  if (!isId('xid', input.id)) return unknown
  return ctx.transaction(
    'unlinkExternalIdentity',
    async (tx) => {
      // Two that part with one identity each must not both find the other one still there.
      await lockAccount(tx, userId)
      const [removed] = await tx
        .delete(externalIdentities)
        .where(and(eq(externalIdentities.id, input.id), eq(externalIdentities.userId, userId)))
        .returning()
      if (!removed) return unknown
      if (!(await canLogIn(tx, userId))) return failed(lastLoginMethod())
      await recordSecurity(ctx, tx, {
        userId,
        kind: 'IDENTITY_UNLINKED',
        details: { issuer: issuerIdentified(removed.issuer)?.name ?? removed.issuer },
      })
      // Tokens of the issuer that name this identity are refused at once.
      tx.afterCommit(() => ctx.signals.send('principal', [userId]))
      return done(removed.id)
    },
    {},
    input,
  )
}

const unknown = failed(contract.failure('NOT_FOUND', 'You have no such identity.', ['input', 'id']))
