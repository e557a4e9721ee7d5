import { rolesOfKind } from '../contract.ts'
import { holds } from '../decisions.ts'
import type { OrganizationResolvers } from '../generated/graphql.ts'
import { pageOf } from './page-of.ts'

export const Organization: OrganizationResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.organization.load(id),
  availableRoles: ({ kind }) => [...rolesOfKind[kind]],
  myRole: async ({ id }, _, ctx) => (await ctx.loaders.mine.load(id))[0]?.role ?? null,
  members: async ({ id }, args, ctx) =>
    (await holds(ctx, id, 'members:read')) ? ctx.loaders.membersOfOrganization.load(pageOf(id, args)) : null,
  invitations: async ({ id }, args, ctx) =>
    (await holds(ctx, id, 'members:manage'))
      ? ctx.loaders.invitationsOfOrganization.load(pageOf(id, args))
      : null,
  customRoles: async ({ id }, _, ctx) =>
    (await holds(ctx, id, 'members:read')) ? ctx.loaders.customRolesOfOrganization.load(id) : null,
  roleBindings: async ({ id }, args, ctx) =>
    (await holds(ctx, id, 'roles:manage')) ? ctx.loaders.bindingsOfOrganization.load(pageOf(id, args)) : null,
  teams: async ({ id }, args, ctx) =>
    (await holds(ctx, id, 'members:read')) ? ctx.loaders.teamsOfOrganization.load(pageOf(id, args)) : null,
}
