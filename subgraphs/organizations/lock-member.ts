import type { Context, Transaction } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { and, eq } from 'drizzle-orm'
import { visibleMembers } from './loaders.ts'
import { members, type OrganizationMemberRow, type OrganizationRow, organizations } from './tables.ts'

/**
 * A member that the caller may see, locked until the transaction ends, with the organization. Looked up inside of the
 * transaction, so that a repeated call is given its first answer even when the member is gone by now.
 */
export async function lockMember(
  ctx: Context,
  tx: Transaction,
  id: string,
): Promise<{ member: OrganizationMemberRow; organization: OrganizationRow } | null> {
  if (!isId('mem', id)) return null
  const [member] = await tx
    .select()
    .from(members)
    .where(and(eq(members.id, id), visibleMembers(ctx)))
    .for('update')
  if (!member) return null
  const [organization] = await tx
    .select()
    .from(organizations)
    .where(eq(organizations.id, member.organizationId))
  return organization ? { member, organization } : null
}
