import { payload } from '@guildhall/kit/outcome'
import { setQuietHours } from '../commands/set-quiet-hours.ts'
import type { MutationResolvers, UserResolvers } from '../generated/graphql.ts'
import { isSelf } from './self.ts'

export const Mutation: MutationResolvers = {
  setQuietHours: async (_, { input }, ctx) => payload('quietHours', await setQuietHours(ctx, input)),
}

export const User: UserResolvers = {
  quietHours: ({ id }, _, ctx) => (isSelf(ctx, id) ? ctx.loaders.quietHours.load(id) : null),
}
