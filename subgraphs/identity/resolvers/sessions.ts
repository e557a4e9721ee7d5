import type { Outcome } from '@guildhall/kit/outcome'
import { payload } from '@guildhall/kit/outcome'
import type { Login } from '../begin-session.ts'
import { login } from '../commands/login.ts'
import { logout } from '../commands/logout.ts'
import { logoutEverywhere } from '../commands/logout-everywhere.ts'
import { refreshSession } from '../commands/refresh-session.ts'
import type { MutationResolvers } from '../generated/graphql.ts'

export const Mutation: MutationResolvers = {
  login: async (_, { input }, ctx) => loginPayload(await login(ctx, input)),
  refreshSession: async (_, { input }, ctx) => payload('tokens', await refreshSession(ctx, input)),
  logout: async (_, { input }, ctx) => payload('isLoggedOut', await logout(ctx, input)),
  logoutEverywhere: async (_, { input }, ctx) =>
    payload('endedSessionCount', await logoutEverywhere(ctx, input)),
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
