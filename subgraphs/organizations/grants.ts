import type { Transaction } from '@guildhall/kit/context'
import type { Db } from '@guildhall/kit/database'
import { and, eq, inArray, or, type SQL } from 'drizzle-orm'
import type { Held } from './domain/grants.ts'
import { permissionVocabulary, rolePermissions } from './roles.ts'
import {
  customRoles,
  members,
  type OrganizationCustomRoleRow,
  type OrganizationMemberRow,
  type RoleBindingRow,
  roleBindings,
  type TeamMemberRow,
  teamMembers,
} from './tables.ts'

/** One reason why a person may do something. */
export type Source = Held & { organizationId: string } & (
    | { kind: 'MEMBERSHIP'; member: OrganizationMemberRow }
    | { kind: 'ROLE_BINDING'; binding: RoleBindingRow }
    | { kind: 'TEAM_LEAD'; lead: TeamMemberRow }
  )

/** What leading a team is worth, over that team. */
export const leadPermissions = ['teams:lead']

/** Everything that a person holds and what it comes from, in one organization or in all; three statements. */
export async function sourcesOf(
  db: Db | Transaction,
  userId: string,
  organizationId?: string,
): Promise<Source[]> {
  const here = (column: typeof members.organizationId | typeof teamMembers.organizationId) =>
    organizationId === undefined ? undefined : eq(column, organizationId)
  const myTeams = db
    .select({ teamId: teamMembers.teamId })
    .from(teamMembers)
    .where(eq(teamMembers.userId, userId))
  const [memberships, bindings, leads] = await Promise.all([
    db
      .select()
      .from(members)
      .where(and(eq(members.userId, userId), here(members.organizationId))),
    bindingSources(
      db,
      and(
        or(eq(roleBindings.userId, userId), inArray(roleBindings.teamId, myTeams)),
        organizationId === undefined ? undefined : eq(roleBindings.organizationId, organizationId),
      ),
    ),
    db
      .select()
      .from(teamMembers)
      .where(
        and(eq(teamMembers.userId, userId), eq(teamMembers.role, 'LEAD'), here(teamMembers.organizationId)),
      ),
  ])
  return [
    ...memberships.map(
      (member): Source => ({
        kind: 'MEMBERSHIP',
        member,
        organizationId: member.organizationId,
        permissions: rolePermissions[member.role],
        scopeId: null,
      }),
    ),
    ...bindings,
    ...leads.map(
      (lead): Source => ({
        kind: 'TEAM_LEAD',
        lead,
        organizationId: lead.organizationId,
        permissions: leadPermissions,
        scopeId: lead.teamId,
      }),
    ),
  ]
}

export type BindingSource = Extract<Source, { kind: 'ROLE_BINDING' }>

/** What bindings are worth. */
export async function bindingSources(db: Db | Transaction, where: SQL | undefined): Promise<BindingSource[]> {
  const rows = await db
    .select({ binding: roleBindings, customRole: customRoles })
    .from(roleBindings)
    .leftJoin(customRoles, eq(customRoles.id, roleBindings.customRoleId))
    .where(where)
    .orderBy(roleBindings.createdAt, roleBindings.id)
  return rows.map(({ binding, customRole }) => ({
    kind: 'ROLE_BINDING',
    binding,
    organizationId: binding.organizationId,
    permissions: permissionsOf(binding.role, customRole),
    scopeId: binding.scopeId,
  }))
}

/** What a custom role was made of may have been taken out of the house since. */
function permissionsOf(
  role: RoleBindingRow['role'],
  customRole: OrganizationCustomRoleRow | null,
): readonly string[] {
  if (role) return rolePermissions[role]
  return customRole?.permissions.filter((permission) => permissionVocabulary.has(permission)) ?? []
}
