import { payload } from '@guildhall/kit/outcome'
import { finishPasskeyLogin } from '../commands/finish-passkey-login.ts'
import { finishPasskeyRegistration } from '../commands/finish-passkey-registration.ts'
import { removePasskey } from '../commands/remove-passkey.ts'
import { renamePasskey } from '../commands/rename-passkey.ts'
import { startPasskeyLogin } from '../commands/start-passkey-login.ts'
import { startPasskeyRegistration } from '../commands/start-passkey-registration.ts'
import { startPasskeyStepUp } from '../commands/start-passkey-step-up.ts'
import type { MutationResolvers, UserResolvers } from '../generated/graphql.ts'
import { loginPayload } from './sessions.ts'
import { isPrivyTo } from './user.ts'

export const Mutation: MutationResolvers = {
  startPasskeyRegistration: async (_, { input }, ctx) =>
    payload('options', await startPasskeyRegistration(ctx, input)),
  finishPasskeyRegistration: async (_, { input }, ctx) => {
    const { added, userErrors } = payload('added', await finishPasskeyRegistration(ctx, input))
    return { passkey: added?.passkey ?? null, recoveryCodes: added?.recoveryCodes ?? null, userErrors }
  },
  startPasskeyLogin: async (_, { input }, ctx) => payload('options', await startPasskeyLogin(ctx, input)),
  finishPasskeyLogin: async (_, { input }, ctx) => loginPayload(await finishPasskeyLogin(ctx, input)),
  startPasskeyStepUp: async (_, { input }, ctx) => payload('options', await startPasskeyStepUp(ctx, input)),
  renamePasskey: async (_, { input }, ctx) => payload('passkey', await renamePasskey(ctx, input)),
  removePasskey: async (_, { input }, ctx) => payload('user', await removePasskey(ctx, input)),
}

export const User: Pick<UserResolvers, 'passkeys'> = {
  passkeys: (user, _, ctx) => (isPrivyTo(ctx, user) ? ctx.loaders.passkeysOfUser.load(user.id) : null),
}
