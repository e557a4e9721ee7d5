import { reference } from '@guildhall/kit/entities'
import type { OrganizationMemberResolvers } from '../generated/graphql.ts'
import { organizationOf } from './organization-of.ts'

export const OrganizationMember: OrganizationMemberResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.member.load(id),
  organization: organizationOf,
  user: (member) => reference('User', member.userId),
}
