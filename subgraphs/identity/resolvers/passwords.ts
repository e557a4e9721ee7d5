import { payload } from '@guildhall/kit/outcome'
import { changePassword } from '../commands/change-password.ts'
import { requestPasswordReset } from '../commands/request-password-reset.ts'
import { resetPassword } from '../commands/reset-password.ts'
import type { MutationResolvers } from '../generated/graphql.ts'

export const Mutation: MutationResolvers = {
  changePassword: async (_, { input }, ctx) => payload('endedSessionCount', await changePassword(ctx, input)),
  requestPasswordReset: async (_, { input }, ctx) =>
    payload('isAccepted', await requestPasswordReset(ctx, input)),
  resetPassword: async (_, { input }, ctx) => payload('isReset', await resetPassword(ctx, input)),
}
