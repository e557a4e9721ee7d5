import type { Context } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import {
  and,
  arrayContains,
  eq,
  exists,
  inArray,
  isNull,
  ne,
  notInArray,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import { alias, type PgColumn } from 'drizzle-orm/pg-core'
import { builtInRoles } from './contract.ts'
import { rolesWith } from './roles.ts'
import {
  customRoles,
  invitations,
  members,
  organizations,
  roleBindings,
  teamMembers,
  teams,
} from './tables.ts'

/** What is closed does not exist for anybody any more. */
export const liveOrganizations = ne(organizations.status, 'CLOSED')

export const visibleMembers = (ctx: Context) => whereHolding(ctx, 'members:read', members.organizationId)
export const visibleInvitations = (ctx: Context) =>
  whereHolding(ctx, 'members:manage', invitations.organizationId)
export const visibleTeams = (ctx: Context) => whereHolding(ctx, 'members:read', teams.organizationId)
export const visibleTeamMembers = (ctx: Context) =>
  whereHolding(ctx, 'members:read', teamMembers.organizationId)
export const visibleCustomRoles = (ctx: Context) =>
  whereHolding(ctx, 'members:read', customRoles.organizationId)

/** Bindings are seen by those who give them, and by those who hold them. */
export function visibleBindings(ctx: Context): SQL | undefined {
  const managed = whereHolding(ctx, 'roles:manage', roleBindings.organizationId)
  if (!ctx.viewer || !managed) return managed
  const { userId } = ctx.viewer
  const ofMyTeams = ctx.db
    .select({ teamId: teamMembers.teamId })
    .from(teamMembers)
    .where(eq(teamMembers.userId, userId))
  return or(managed, eq(roleBindings.userId, userId), inArray(roleBindings.teamId, ofMyTeams))
}

/**
 * Rows of organizations over which the caller holds a permission, by membership or binding; services see all. Read from
 * the tables, so that it holds from the next call on.
 */
export function whereHolding(ctx: Context, permission: string, organizationId: PgColumn): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  if (!ctx.viewer) return sql`false`
  const me = alias(members, 'me')
  const isHeld = exists(
    ctx.db
      .select({ one: sql`1` })
      .from(me)
      .where(
        and(
          eq(me.organizationId, organizationId),
          eq(me.userId, ctx.viewer.userId),
          heldBy(ctx, me, permission),
        ),
      ),
  )
  const without = Object.keys(ctx.viewer.grants).filter((id) => isCutOff(ctx, id, permission))
  if (isMachine(ctx)) return and(isHeld, inArray(organizationId, grantedIn(ctx, permission)))
  return without.length > 0 ? and(isHeld, notInArray(organizationId, without)) : isHeld
}

/**
 * Keys and tokens that were made for less than what their person holds by the tables. A session may be ahead of its
 * context, which does not know yet of an organization that the person has just founded or joined.
 */
export function isCutOff(ctx: Context, organizationId: string, permission: string): boolean {
  const isKnown = Object.hasOwn(ctx.viewer?.grants ?? {}, organizationId)
  return (isKnown || isMachine(ctx)) && !ctx.can(permission, { organizationId })
}

const isMachine = ({ viewer }: Pick<Context, 'viewer'>): boolean =>
  viewer !== null && !isId('ses', viewer.sessionId)

const grantedIn = (ctx: Context, permission: string): string[] =>
  Object.keys(ctx.viewer?.grants ?? {}).filter((organizationId) => ctx.can(permission, { organizationId }))

/** What every role holds, membership alone proves. */
function heldBy(
  ctx: Context,
  me: { organizationId: PgColumn; userId: PgColumn; role: PgColumn },
  permission: string,
): SQL | undefined {
  const roles = rolesWith(permission)
  if (roles.length === builtInRoles.length) return undefined
  const ofMyTeams = ctx.db
    .select({ teamId: teamMembers.teamId })
    .from(teamMembers)
    .where(eq(teamMembers.userId, me.userId))
  const bound = ctx.db
    .select({ one: sql`1` })
    .from(roleBindings)
    .leftJoin(customRoles, eq(customRoles.id, roleBindings.customRoleId))
    .where(
      and(
        eq(roleBindings.organizationId, me.organizationId),
        isNull(roleBindings.scopeId),
        or(eq(roleBindings.userId, me.userId), inArray(roleBindings.teamId, ofMyTeams)),
        or(inArray(roleBindings.role, roles), arrayContains(customRoles.permissions, [permission])),
      ),
    )
  return or(inArray(me.role, roles), exists(bound))
}
