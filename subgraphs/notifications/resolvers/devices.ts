import { payload } from '@guildhall/kit/outcome'
import { registerDevice } from '../commands/register-device.ts'
import { removeDevice } from '../commands/remove-device.ts'
import type { MutationResolvers, QueryResolvers, UserResolvers } from '../generated/graphql.ts'
import { settings } from '../settings.ts'
import { isSelf } from './self.ts'

export const Query: QueryResolvers = {
  webPushPublicKey: () => settings().VAPID_PUBLIC_KEY ?? null,
}

export const Mutation: MutationResolvers = {
  registerDevice: async (_, { input }, ctx) => {
    const { registered, userErrors } = payload('registered', await registerDevice(ctx, input))
    return { device: registered ? await ctx.loaders.device.load(registered.deviceId) : null, userErrors }
  },
  removeDevice: async (_, { input }, ctx) => payload('isRemoved', await removeDevice(ctx, input)),
}

export const User: UserResolvers = {
  devices: ({ id }, _, ctx) => (isSelf(ctx, id) ? ctx.loaders.devicesOfUser.load(id) : null),
}
