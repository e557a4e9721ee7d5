import type { Transaction } from '@guildhall/kit/context'
import { and, eq, gt, isNotNull } from 'drizzle-orm'
import type { BuiltInRole } from './contract.ts'
import { invitations, members, roleBindings } from './tables.ts'

/** The roles that somebody has, is invited as or is bound to. */
export async function rolesInUse(tx: Transaction, organizationId: string, now: Date): Promise<BuiltInRole[]> {
  const isOpen = and(eq(invitations.status, 'PENDING'), gt(invitations.expiresAt, now))
  const used = await Promise.all([
    tx.selectDistinct({ role: members.role }).from(members).where(eq(members.organizationId, organizationId)),
    tx
      .selectDistinct({ role: invitations.role })
      .from(invitations)
      .where(and(eq(invitations.organizationId, organizationId), isOpen)),
    tx
      .selectDistinct({ role: roleBindings.role })
      .from(roleBindings)
      .where(and(eq(roleBindings.organizationId, organizationId), isNotNull(roleBindings.role))),
  ])
  return [...new Set(used.flat().flatMap(({ role }) => (role ? [role] : [])))]
}
