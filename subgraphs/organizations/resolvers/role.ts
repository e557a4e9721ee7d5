import { reference } from '@guildhall/kit/entities'
import type { OrganizationCustomRoleResolvers, RoleBindingResolvers } from '../generated/graphql.ts'
import { organizationOf } from './organization-of.ts'

export const OrganizationCustomRole: OrganizationCustomRoleResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.customRole.load(id),
  organization: organizationOf,
}

export const RoleBinding: RoleBindingResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.binding.load(id),
  organization: organizationOf,
  customRole: ({ customRoleId }, _, ctx) => (customRoleId ? ctx.loaders.customRole.load(customRoleId) : null),
  team: ({ teamId }, _, ctx) => (teamId ? ctx.loaders.team.load(teamId) : null),
  user: (binding) => reference('User', binding.userId),
  scope: (binding) => binding.scopeId,
  grantedBy: (binding) => reference('User', binding.grantedById),
}
