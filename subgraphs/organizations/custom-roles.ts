import type { ConstraintFailures, Context, Transaction } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import type { Failure } from '@guildhall/kit/outcome'
import { and, eq, sql } from 'drizzle-orm'
import contract, { customRoleChanged } from './contract.ts'
import { lockOrganization } from './locks.ts'
import { escalations, permissionVocabulary } from './roles.ts'
import { customRoles, type OrganizationCustomRoleRow, organizations } from './tables.ts'
import { visibleCustomRoles } from './visibility.ts'

/** What the database refuses when custom roles change. */
export const customRoleConstraints: ConstraintFailures = {
  custom_role_name_unique: () =>
    contract.failure('NAME_TAKEN', 'The organization has another role of this name.', ['input', 'name']),
  organization_roles_max: () =>
    contract.failure('TOO_MANY_ROLES', 'The organization has 50 roles of its own already.', ['input']),
  role_binding_role_in_use: () =>
    contract.failure('ROLE_IN_USE', 'The role is given to somebody; take it back first.', ['input', 'id']),
}

/** What is wrong with the permissions that the caller wants a role to hold. */
export function permissionProblems(
  ctx: Context,
  organizationId: string,
  permissions: readonly string[],
): Failure[] {
  const path = ['input', 'permissions']
  if (permissions.length === 0) {
    return [contract.failure('INVALID_VALUE', 'A role holds at least one permission.', path)]
  }
  const unknown = permissions.flatMap((name, at) =>
    permissionVocabulary.has(name)
      ? []
      : [contract.failure('UNKNOWN_PERMISSION', 'There is no such permission.', [...path, String(at)])],
  )
  if (unknown.length > 0) return unknown
  return escalations(ctx, organizationId, [{ permissions, scopeId: null }], path)
}

/** Each once, in one order. */
export const tidyPermissions = (permissions: readonly string[]): string[] => [...new Set(permissions)].sort()

/** A custom role that the caller may see, with its organization held alone. */
export async function lockCustomRole(
  ctx: Context,
  tx: Transaction,
  id: string,
): Promise<OrganizationCustomRoleRow | null> {
  if (!isId('rol', id)) return null
  const visible = and(eq(customRoles.id, id), visibleCustomRoles(ctx))
  const [seen] = await tx
    .select({ organizationId: customRoles.organizationId })
    .from(customRoles)
    .where(visible)
  if (!seen || !(await lockOrganization(tx, seen.organizationId))) return null
  const [customRole] = await tx.select().from(customRoles).where(eq(customRoles.id, id))
  return customRole ?? null
}

/** The check `organization_roles_max` refuses too many. */
export async function countCustomRole(tx: Transaction, organizationId: string, by: 1 | -1): Promise<void> {
  await tx
    .update(organizations)
    .set({ customRoleCount: sql`${organizations.customRoleCount} + ${by}::int` })
    .where(eq(organizations.id, organizationId))
}

export const tellCustomRole = (
  ctx: Context,
  tx: Transaction,
  { id, organizationId, name, permissions }: OrganizationCustomRoleRow,
  change: 'CREATED' | 'UPDATED' | 'DELETED',
): Promise<void> =>
  tx.emit(customRoleChanged, {
    customRoleId: id,
    organizationId,
    name,
    permissions,
    change,
    actorId: ctx.viewer?.userId ?? null,
  })
