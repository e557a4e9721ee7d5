import type { Outcome } from '@guildhall/kit/outcome'
import { payload } from '@guildhall/kit/outcome'
import { login } from '../commands/login.ts'
import { logout } from '../commands/logout.ts'
import { logoutEverywhere } from '../commands/logout-everywhere.ts'
import { refreshSession } from '../commands/refresh-session.ts'
import { renameSession } from '../commands/rename-session.ts'
import { revokeSession } from '../commands/revoke-session.ts'
import { revokeToken } from '../commands/revoke-token.ts'
import type { MutationResolvers, SessionResolvers, UserResolvers } from '../generated/graphql.ts'
import type { Login } from '../sessions/begin-session.ts'

export const Mutation: MutationResolvers = {
  login: async (_, { input }, ctx) => loginPayload(await login(ctx, input)),
  refreshSession: async (_, { input }, ctx) => payload('tokens', await refreshSession(ctx, input)),
  logout: async (_, { input }, ctx) => payload('isLoggedOut', await logout(ctx, input)),
  logoutEverywhere: async (_, { input }, ctx) =>
    payload('endedSessionCount', await logoutEverywhere(ctx, input)),
  renameSession: async (_, { input }, ctx) => payload('session', await renameSession(ctx, input)),
  revokeSession: async (_, { input }, ctx) => payload('session', await revokeSession(ctx, input)),
  revokeToken: async (_, { input }, ctx) => payload('isRevoked', await revokeToken(ctx, input)),
}

export const User: UserResolvers = {
  sessions: ({ id }, _, ctx) => ctx.loaders.sessionsOfUser.load(id),
}

export const Session: SessionResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.session.load(id),
  isCurrent: ({ id }, _, ctx) => ctx.viewer?.sessionId === id,
  endedAt: (session) => session.revokedAt,
}

/** The payload of every mutation that may begin a session. */
export function loginPayload(outcome: Outcome<Login>) {
  const { begun, userErrors } = payload('begun', outcome)
  return {
    tokens: begun?.tokens ?? null,
    challenge: begun?.challenge ?? null,
    user: begun?.user ?? null,
    userErrors,
  }
}
