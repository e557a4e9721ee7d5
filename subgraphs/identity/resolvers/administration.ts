import { payload } from '@guildhall/kit/outcome'
import { listUsers } from '../administration/list-users.ts'
import { deactivateMyAccount } from '../commands/deactivate-my-account.ts'
import { endImpersonation } from '../commands/end-impersonation.ts'
import { impersonateUser } from '../commands/impersonate-user.ts'
import { reactivateUser } from '../commands/reactivate-user.ts'
import { setPlatformRoles } from '../commands/set-platform-roles.ts'
import { suspendUser } from '../commands/suspend-user.ts'
import type { MutationResolvers, QueryResolvers, SessionResolvers } from '../generated/graphql.ts'
import { userOf } from './user-of.ts'

export const Query: QueryResolvers = {
  users: (_, args, ctx) => listUsers(ctx, args),
}

export const Mutation: MutationResolvers = {
  suspendUser: async (_, { input }, ctx) => payload('user', await suspendUser(ctx, input)),
  reactivateUser: async (_, { input }, ctx) => payload('user', await reactivateUser(ctx, input)),
  setPlatformRoles: async (_, { input }, ctx) => payload('user', await setPlatformRoles(ctx, input)),
  deactivateMyAccount: async (_, { input }, ctx) =>
    payload('isDeactivated', await deactivateMyAccount(ctx, input)),
  impersonateUser: async (_, { input }, ctx) => {
    const { begun, userErrors } = payload('begun', await impersonateUser(ctx, input))
    return {
      accessToken: begun?.accessToken ?? null,
      accessTokenExpiresAt: begun?.accessTokenExpiresAt ?? null,
      userErrors,
    }
  },
  endImpersonation: async (_, { input }, ctx) =>
    payload('endedSessionCount', await endImpersonation(ctx, input)),
}

export const Session: SessionResolvers = {
  impersonator: ({ impersonatorId }, _, ctx) => (impersonatorId ? userOf(ctx, impersonatorId) : null),
}
