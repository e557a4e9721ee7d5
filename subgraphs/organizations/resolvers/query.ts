import type { QueryResolvers } from '../generated/graphql.ts'
import { grantsOf, invitationByToken } from '../queries.ts'

export const Query: QueryResolvers = {
  organization: (_, { id }, ctx) => ctx.loaders.organization.load(id),
  organizationInvitation: (_, { token }, ctx) => invitationByToken(ctx, token),
  organizationGrants: (_, { userId }, ctx) => grantsOf(ctx, userId),
}
