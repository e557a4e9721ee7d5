import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, isNull } from 'drizzle-orm'
import { changeStatus } from '../administration/change-status.ts'
import contract, { serviceAccountDeleted } from '../contract.ts'
import type { DeleteServiceAccountInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { revokeApiKeys } from '../machines/revoke-api-keys.ts'
import { requireOwnSession } from '../sessions/own-session.ts'
import { serviceAccounts } from '../tables.ts'

/** Removes a machine of an organization, with its keys. */
export async function deleteServiceAccount(
  ctx: Ctx,
  input: DeleteServiceAccountInput,
): Promise<Outcome<string>> {
  const { userId: actorId } = requireOwnSession(ctx)
  const account = await ctx.loaders.serviceAccount.load(input.id)
  if (!account) return failed(notFound)
  ctx.require('service-accounts:manage', account)
  const { id, userId, organizationId } = account

  return ctx.transaction(
    'deleteServiceAccount',
    async (tx) => {
      const now = ctx.now()
      const deleted = await tx
        .update(serviceAccounts)
        .set({ deletedAt: now, updatedAt: now })
        .where(and(eq(serviceAccounts.id, id), isNull(serviceAccounts.deletedAt)))
        .returning({ id: serviceAccounts.id })
      if (deleted.length === 0) return failed(notFound)
      const outcome = await changeStatus(ctx, tx, userId, {
        to: 'DEACTIVATED',
        from: ['ACTIVE', 'SUSPENDED'],
        kind: 'SERVICE_ACCOUNT_DELETED',
      })
      if (!outcome.ok) return outcome
      await revokeApiKeys(ctx, tx, userId)
      await tx.emit(serviceAccountDeleted, { serviceAccountId: id, userId, organizationId, actorId })
      return done(id)
    },
    {},
    input,
  )
}

const notFound = contract.failure('NOT_FOUND', 'There is no such service account.', ['input', 'id'])
