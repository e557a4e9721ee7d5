import { builtInRoles } from '../contract.ts'
import { decide, mayAssign, permissionsOf } from '../decisions.ts'
import type { QueryResolvers } from '../generated/graphql.ts'
import { grantsOf, invitationByToken, teamAudience } from '../queries.ts'
import { permissionVocabulary } from '../roles.ts'

export const Query: QueryResolvers = {
  organization: (_, { id }, ctx) => ctx.loaders.organization.load(id),
  organizationInvitation: (_, { token }, ctx) => invitationByToken(ctx, token),
  organizationGrants: (_, { userId }, ctx) => grantsOf(ctx, userId),
  teamAudience: (_, args, ctx) => teamAudience(ctx, args),
  organizationPermissions: () =>
    [...permissionVocabulary].map(([name, { description, heldBy }]) => ({
      name,
      description,
      heldBy: builtInRoles.filter((role) => heldBy.includes(role)),
    })),
  canAssignRole: (_, { organizationId, role }, ctx) => mayAssign(ctx, organizationId, role),
  can: (_, { permission, objectId }, ctx) => decide(ctx, permission, objectId),
  myPermissions: (_, { organizationId, objectId }, ctx) =>
    permissionsOf(ctx, organizationId, objectId ?? null),
}
