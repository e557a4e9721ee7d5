import type { Context } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { byId, byParent } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import { and, asc, eq, inArray } from 'drizzle-orm'
import { type Source, sourcesOf } from './grants.ts'
import {
  customRoles,
  invitations,
  members,
  type OrganizationCustomRoleRow,
  type OrganizationInvitationRow,
  type OrganizationMemberRow,
  type OrganizationRow,
  organizations,
  type RoleBindingRow,
  roleBindings,
  type TeamMemberRow,
  type TeamRow,
  teamMembers,
  teams,
} from './tables.ts'
import {
  liveOrganizations,
  visibleBindings,
  visibleCustomRoles,
  visibleInvitations,
  visibleMembers,
  visibleTeamMembers,
  visibleTeams,
} from './visibility.ts'

export type Ctx = Context<ReturnType<typeof loaders>>

/** Batches of one operation. Who sees what is read from the members' table, so that it holds from the next call on. */
export const loaders = (ctx: Context) => ({
  organization: byId<OrganizationRow>(ctx, 'org', organizations, liveOrganizations),
  member: byId<OrganizationMemberRow>(ctx, 'mem', members, visibleMembers(ctx)),
  invitation: byId<OrganizationInvitationRow>(ctx, 'inv', invitations, visibleInvitations(ctx)),
  team: byId<TeamRow>(ctx, 'tem', teams, visibleTeams(ctx)),
  customRole: byId<OrganizationCustomRoleRow>(ctx, 'rol', customRoles, visibleCustomRoles(ctx)),
  binding: byId<RoleBindingRow>(ctx, 'rbd', roleBindings, visibleBindings(ctx)),
  /** Why the caller may do things, by organization; read only when the role alone does not say. */
  mySources: byParent<Source>(
    () => (ctx.viewer ? sourcesOf(ctx.db, ctx.viewer.userId) : Promise.resolve([])),
    (source) => source.organizationId,
  ),
  /** The caller's own membership, by organization. */
  mine: byParent<OrganizationMemberRow>(
    (organizationIds) => ownMemberships(ctx, organizationIds),
    (row) => row.organizationId,
  ),
  membershipsOfUser: byParent<OrganizationMemberRow>(
    (userIds) =>
      ctx.db
        .select()
        .from(members)
        .where(
          and(
            inArray(
              members.userId,
              userIds.filter((id) => isId('usr', id)),
            ),
            visibleMembers(ctx),
          ),
        )
        .orderBy(asc(members.joinedAt), asc(members.id)),
    (row) => row.userId,
  ),
  membersOfOrganization: pagesByParent<OrganizationMemberRow, null>(ctx, {
    list: 'Organization.members',
    table: members,
    parent: members.organizationId,
    parentOf: (row) => row.organizationId,
    keys: [
      { column: members.joinedAt, direction: 'ASC', value: (row) => row.joinedAt },
      { column: members.id, direction: 'ASC', value: (row) => row.id },
    ],
  }),
  invitationsOfOrganization: pagesByParent<OrganizationInvitationRow, null>(ctx, {
    list: 'Organization.invitations',
    table: invitations,
    parent: invitations.organizationId,
    parentOf: (row) => row.organizationId,
    keys: [
      { column: invitations.createdAt, direction: 'DESC', value: (row) => row.createdAt },
      { column: invitations.id, direction: 'DESC', value: (row) => row.id },
    ],
  }),
  customRolesOfOrganization: byParent<OrganizationCustomRoleRow>(
    (organizationIds) =>
      ctx.db
        .select()
        .from(customRoles)
        .where(and(inArray(customRoles.organizationId, [...organizationIds]), visibleCustomRoles(ctx)))
        .orderBy(asc(customRoles.name), asc(customRoles.id)),
    (row) => row.organizationId,
  ),
  bindingsOfOrganization: pagesByParent<RoleBindingRow, null>(ctx, {
    list: 'Organization.roleBindings',
    table: roleBindings,
    parent: roleBindings.organizationId,
    parentOf: (row) => row.organizationId,
    keys: [
      { column: roleBindings.createdAt, direction: 'DESC', value: (row) => row.createdAt },
      { column: roleBindings.id, direction: 'DESC', value: (row) => row.id },
    ],
  }),
  teamsOfOrganization: pagesByParent<TeamRow, null>(ctx, {
    list: 'Organization.teams',
    table: teams,
    parent: teams.organizationId,
    parentOf: (row) => row.organizationId,
    keys: [
      { column: teams.name, direction: 'ASC', value: (row) => row.name },
      { column: teams.id, direction: 'ASC', value: (row) => row.id },
    ],
  }),
  membersOfTeam: pagesByParent<TeamMemberRow, null>(ctx, {
    list: 'Team.members',
    table: teamMembers,
    parent: teamMembers.teamId,
    parentOf: (row) => row.teamId,
    keys: [
      { column: teamMembers.joinedAt, direction: 'ASC', value: (row) => row.joinedAt },
      { column: teamMembers.userId, direction: 'ASC', value: (row) => row.userId },
    ],
  }),
  teamsOfUser: pagesByParent<TeamMemberRow, null>(ctx, {
    list: 'User.teams',
    table: teamMembers,
    parent: teamMembers.userId,
    parentOf: (row) => row.userId,
    keys: [
      { column: teamMembers.joinedAt, direction: 'ASC', value: (row) => row.joinedAt },
      { column: teamMembers.teamId, direction: 'ASC', value: (row) => row.teamId },
    ],
    where: () => visibleTeamMembers(ctx),
  }),
})

async function ownMemberships(
  ctx: Context,
  organizationIds: readonly string[],
): Promise<OrganizationMemberRow[]> {
  if (!ctx.viewer) return []
  return ctx.db
    .select()
    .from(members)
    .where(and(eq(members.userId, ctx.viewer.userId), inArray(members.organizationId, [...organizationIds])))
}
