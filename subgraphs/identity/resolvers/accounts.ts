import { payload } from '@guildhall/kit/outcome'
import { changeEmail } from '../commands/change-email.ts'
import { confirmEmailChange } from '../commands/confirm-email-change.ts'
import { registerUser } from '../commands/register-user.ts'
import { sendVerificationEmail } from '../commands/send-verification-email.ts'
import { setPreference } from '../commands/set-preference.ts'
import { updateProfile } from '../commands/update-profile.ts'
import { verifyEmail } from '../commands/verify-email.ts'
import type { MutationResolvers, QueryResolvers } from '../generated/graphql.ts'
import { mailRecipients, userIdByEmail } from '../queries.ts'

export const Query: QueryResolvers = {
  me: (_, __, ctx) => (ctx.viewer ? ctx.loaders.user.load(ctx.viewer.userId) : null),
  user: (_, { id }, ctx) => ctx.loaders.user.load(id),
  userIdByEmail: (_, { email }, ctx) => userIdByEmail(ctx, email),
  mailRecipients: (_, { userIds }, ctx) => mailRecipients(ctx, userIds),
}

export const Mutation: MutationResolvers = {
  registerUser: async (_, { input }, ctx) => payload('isAccepted', await registerUser(ctx, input)),
  verifyEmail: async (_, { input }, ctx) => payload('isVerified', await verifyEmail(ctx, input)),
  sendVerificationEmail: async (_, { input }, ctx) =>
    payload('isSent', await sendVerificationEmail(ctx, input)),
  changeEmail: async (_, { input }, ctx) => payload('isAccepted', await changeEmail(ctx, input)),
  confirmEmailChange: async (_, { input }, ctx) => payload('isChanged', await confirmEmailChange(ctx, input)),
  setPreference: async (_, { input }, ctx) => payload('user', await setPreference(ctx, input)),
  updateProfile: async (_, { input }, ctx) => payload('user', await updateProfile(ctx, input)),
}
