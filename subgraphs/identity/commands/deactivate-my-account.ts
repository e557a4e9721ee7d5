import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { sourcesOf } from '@guildhall/kit/state-machine'
import { eq, or } from 'drizzle-orm'
import { changeStatus } from '../administration/change-status.ts'
import { lastAdminProblems } from '../administration/platform-admins.ts'
import { userLife } from '../domain/user-status.ts'
import type { DeactivateMyAccountInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { revokeApiKeys } from '../machines/revoke-api-keys.ts'
import { requireOwnSession } from '../sessions/own-session.ts'
import { revokeSessions } from '../sessions/revoke-sessions.ts'
import { sessions } from '../tables.ts'

/** Leaves the house, without erasing anything. */
export async function deactivateMyAccount(
  ctx: Ctx,
  input: DeactivateMyAccountInput,
): Promise<Outcome<boolean>> {
  const { userId } = requireOwnSession(ctx)
  ctx.requireStepUp()
  return ctx.transaction(
    'deactivateMyAccount',
    async (tx) => {
      const last = await lastAdminProblems(tx, userId)
      if (last.length > 0) return failed(...last)
      const outcome = await changeStatus(ctx, tx, userId, {
        to: 'DEACTIVATED',
        from: sourcesOf(userLife, 'DEACTIVATED'),
        kind: 'DEACTIVATED',
      })
      if (!outcome.ok) return outcome
      await revokeSessions(
        ctx,
        tx,
        'REVOKED',
        or(eq(sessions.userId, userId), eq(sessions.impersonatorId, userId)),
      )
      await revokeApiKeys(ctx, tx, userId)
      return done(true)
    },
    {},
    input,
  )
}
