import { reference } from '@guildhall/kit/entities'
import type { EventReplayResolvers } from '../generated/graphql.ts'

export const EventReplay: EventReplayResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.replay.load(id),
  requestedBy: ({ requestedById }) => reference('User', requestedById),
  waitingCount: async (replay, _, ctx) => (await ctx.loaders.progress.load(replay))?.waitingCount ?? null,
  deadCount: async (replay, _, ctx) => (await ctx.loaders.progress.load(replay))?.deadCount ?? null,
}
