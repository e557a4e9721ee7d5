import type { BuiltInRole } from './contract.ts'
import { allows } from './domain/grants.ts'
import type { ResolversTypes } from './generated/graphql.ts'
import type { Source } from './grants.ts'
import type { Ctx } from './loaders.ts'
import { closing } from './memberships.ts'
import { organizationIdOf } from './objects.ts'
import { escalations, roleAsHanded, rolePermissions, unavailable } from './roles.ts'
import { isCutOff } from './visibility.ts'

type Decided = Awaited<ResolversTypes['Decision']>
type Step = Awaited<ResolversTypes['DecisionStep']>

/**
 * Decides as every domain does, by what the caller's context grants; the tables then say why. Where the two differ (what
 * was granted a second ago; keys that were made for less), the context has the word.
 */
export async function decide(ctx: Ctx, permission: string, objectId: string): Promise<Decided> {
  ctx.requireViewer()
  const organizationId = await organizationIdOf(ctx, objectId)
  if (organizationId === null || !ctx.can(permission, { organizationId, id: objectId })) {
    return { isAllowed: false, via: [] }
  }
  const sources = await ctx.loaders.mySources.load(organizationId)
  const reasons = sources.filter((source) => allows(source, permission, objectId))
  return { isAllowed: true, via: await Promise.all(reasons.map((source) => stepOf(ctx, source))) }
}

/** One reason, for people. */
async function stepOf(ctx: Ctx, source: Source): Promise<Step> {
  const { kind } = source
  const none = { role: null, roleBinding: null, team: null }
  if (kind === 'MEMBERSHIP') return { ...none, kind, role: source.member.role }
  if (kind === 'TEAM_LEAD') return { ...none, kind, team: await ctx.loaders.team.load(source.lead.teamId) }
  const { binding } = source
  const team = binding.teamId ? await ctx.loaders.team.load(binding.teamId) : null
  return { kind, role: binding.role, roleBinding: binding, team }
}

/** Whether the caller may give a role to a machine of an organization: one that it has, and no more than they hold. */
export async function mayAssign(ctx: Ctx, organizationId: string, role: BuiltInRole): Promise<boolean> {
  ctx.requireViewer()
  const organization = await ctx.loaders.organization.load(organizationId)
  if (!organization || role === 'OWNER') return false
  const problems = [
    ...closing(organization),
    ...unavailable(organization, role, []),
    ...escalations(ctx, organizationId, [roleAsHanded(role)], []),
  ]
  return problems.length === 0
}

/** What the caller may do in an organization, and with one object of it; null in those they do not belong to. */
export function permissionsOf(ctx: Ctx, organizationId: string, objectId: string | null): string[] | null {
  const { grants } = ctx.requireViewer()
  const grant = Object.hasOwn(grants, organizationId) ? grants[organizationId] : undefined
  if (!grant) return null
  const scoped = objectId !== null && grant.scoped && Object.hasOwn(grant.scoped, objectId)
  return [...new Set([...grant.permissions, ...(scoped ? (grant.scoped?.[objectId] ?? []) : [])])].sort()
}

/**
 * Whether the caller holds a permission over an organization by the tables, so that a founder sees the members of the
 * organization in the answer that founds it. What the caller's context is known to lack, they do not hold.
 */
export async function holds(ctx: Ctx, organizationId: string, permission: string): Promise<boolean> {
  if (ctx.caller.kind === 'service') return true
  if (isCutOff(ctx, organizationId, permission)) return false
  const [member] = await ctx.loaders.mine.load(organizationId)
  if (!member) return false
  if (rolePermissions[member.role].includes(permission)) return true
  const sources = await ctx.loaders.mySources.load(organizationId)
  return sources.some((source) => allows(source, permission, null))
}
