import type { OrganizationResolvers } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { rolePermissions } from '../roles.ts'

export const Organization: OrganizationResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.organization.load(id),
  myRole: async ({ id }, _, ctx) => (await ctx.loaders.mine.load(id))[0]?.role ?? null,
  members: async ({ id }, { first, after }, ctx) =>
    (await holds(ctx, id, 'members:read'))
      ? ctx.loaders.membersOfOrganization.load({
          parentId: id,
          page: { first: first ?? 20, after },
          filter: null,
        })
      : null,
  invitations: async ({ id }, { first, after }, ctx) =>
    (await holds(ctx, id, 'members:manage'))
      ? ctx.loaders.invitationsOfOrganization.load({
          parentId: id,
          page: { first: first ?? 20, after },
          filter: null,
        })
      : null,
}

/** By the members' table, so that a founder sees the members of the organization in the answer that founds it. */
async function holds(ctx: Ctx, organizationId: string, permission: string): Promise<boolean> {
  if (ctx.caller.kind === 'service') return true
  const [member] = await ctx.loaders.mine.load(organizationId)
  return member !== undefined && rolePermissions[member.role].includes(permission)
}
