import type { Context, Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, isNull } from 'drizzle-orm'
import { changeStatus } from '../administration/change-status.ts'
import contract, { serviceAccountDeleted } from '../contract.ts'
import { type ServiceAccountRow, serviceAccounts } from '../tables.ts'
import { revokeApiKeys } from './revoke-api-keys.ts'

/** Ends a machine with its keys, once: a failure says that it had ended before. */
export async function removeMachine(
  ctx: Context,
  tx: Transaction,
  { id, userId, organizationId }: Pick<ServiceAccountRow, 'id' | 'userId' | 'organizationId'>,
  actorId: string | null,
): Promise<Outcome<string>> {
  const now = ctx.now()
  const deleted = await tx
    .update(serviceAccounts)
    .set({ deletedAt: now, updatedAt: now })
    .where(and(eq(serviceAccounts.id, id), isNull(serviceAccounts.deletedAt)))
    .returning({ id: serviceAccounts.id })
  if (deleted.length === 0) return failed(noMachine)
  const outcome = await changeStatus(ctx, tx, userId, {
    to: 'DEACTIVATED',
    from: ['ACTIVE', 'SUSPENDED'],
    kind: 'SERVICE_ACCOUNT_DELETED',
  })
  if (!outcome.ok) return outcome
  await revokeApiKeys(ctx, tx, userId)
  await tx.emit(serviceAccountDeleted, { serviceAccountId: id, userId, organizationId, actorId })
  return done(id)
}

/** Says the same of machines that are gone, of those of others, and of none. */
export const noMachine = contract.failure('NOT_FOUND', 'There is no such service account.', ['input', 'id'])
