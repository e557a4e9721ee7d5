import type { Context } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { byId, byParent } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import { and, asc, eq, exists, inArray, type SQL, sql } from 'drizzle-orm'
import { alias, type PgColumn } from 'drizzle-orm/pg-core'
import { rolesWith } from './roles.ts'
import {
  invitations,
  members,
  type OrganizationInvitationRow,
  type OrganizationMemberRow,
  type OrganizationRow,
  organizations,
} from './tables.ts'

export type Ctx = Context<ReturnType<typeof loaders>>

/** Batches of one operation. Who sees what is read from the members' table, so that it holds from the next call on. */
export const loaders = (ctx: Context) => ({
  organization: byId<OrganizationRow>(ctx, 'org', organizations),
  member: byId<OrganizationMemberRow>(ctx, 'mem', members, visibleMembers(ctx)),
  invitation: byId<OrganizationInvitationRow>(ctx, 'inv', invitations, visibleInvitations(ctx)),
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
})

export const visibleMembers = (ctx: Context) => whereHolding(ctx, 'members:read', members.organizationId)
const visibleInvitations = (ctx: Context) => whereHolding(ctx, 'members:manage', invitations.organizationId)

/** Rows of organizations in which the caller holds a permission; services see all. */
function whereHolding(ctx: Context, permission: string, organizationId: PgColumn): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  if (!ctx.viewer) return sql`false`
  const me = alias(members, 'me')
  return exists(
    ctx.db
      .select({ one: sql`1` })
      .from(me)
      .where(
        and(
          eq(me.organizationId, organizationId),
          eq(me.userId, ctx.viewer.userId),
          inArray(me.role, rolesWith(permission)),
        ),
      ),
  )
}

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
