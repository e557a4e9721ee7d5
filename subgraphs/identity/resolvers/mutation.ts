import { payload } from '@guildhall/kit/outcome'
import { login } from '../commands/login.ts'
import { logout } from '../commands/logout.ts'
import { logoutEverywhere } from '../commands/logout-everywhere.ts'
import { refreshSession } from '../commands/refresh-session.ts'
import { registerUser } from '../commands/register-user.ts'
import { updateProfile } from '../commands/update-profile.ts'
import type { MutationResolvers } from '../generated/graphql.ts'

export const Mutation: MutationResolvers = {
  registerUser: async (_, { input }, ctx) => payload('isAccepted', await registerUser(ctx, input)),
  login: async (_, { input }, ctx) => {
    const { begun, userErrors } = payload('begun', await login(ctx, input))
    return { tokens: begun?.tokens ?? null, user: begun?.user ?? null, userErrors }
  },
  refreshSession: async (_, { input }, ctx) => payload('tokens', await refreshSession(ctx, input)),
  logout: async (_, { input }, ctx) => payload('isLoggedOut', await logout(ctx, input)),
  logoutEverywhere: async (_, { input }, ctx) =>
    payload('endedSessionCount', await logoutEverywhere(ctx, input)),
  updateProfile: async (_, { input }, ctx) => payload('user', await updateProfile(ctx, input)),
}
