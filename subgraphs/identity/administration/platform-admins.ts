import type { Transaction } from '@guildhall/kit/context'
import type { Failure } from '@guildhall/kit/outcome'
import { and, arrayContains, asc, inArray } from 'drizzle-orm'
import contract from '../contract.ts'
import { usableStatuses } from '../domain/user-status.ts'
import { users } from '../tables.ts'

/**
 * Why this account must stay ADMIN. All ADMINs are locked, always in the same order: of two who take the role from each
 * other at the same time, the second sees what the first has done.
 */
export async function lastAdminProblems(tx: Transaction, userId: string): Promise<Failure[]> {
  const admins = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(arrayContains(users.platformRoles, ['ADMIN']), inArray(users.status, [...usableStatuses])))
    .orderBy(asc(users.id))
    .for('no key update')
  const isLast = admins.length === 1 && admins[0]?.id === userId
  return isLast ? [contract.failure('LAST_ADMIN', 'Name another ADMIN first.', ['input', 'id'])] : []
}
