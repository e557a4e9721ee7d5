import { payload } from '@guildhall/kit/outcome'
import { registerUser } from '../commands/register-user.ts'
import { updateProfile } from '../commands/update-profile.ts'
import type { MutationResolvers, QueryResolvers } from '../generated/graphql.ts'
import { userIdByEmail } from '../queries.ts'

export const Query: QueryResolvers = {
  me: (_, __, ctx) => (ctx.viewer ? ctx.loaders.user.load(ctx.viewer.userId) : null),
  user: (_, { id }, ctx) => ctx.loaders.user.load(id),
  userIdByEmail: (_, { email }, ctx) => userIdByEmail(ctx, email),
}

export const Mutation: MutationResolvers = {
  registerUser: async (_, { input }, ctx) => payload('isAccepted', await registerUser(ctx, input)),
  updateProfile: async (_, { input }, ctx) => payload('user', await updateProfile(ctx, input)),
}
