import type { QueryResolvers } from '../generated/graphql.ts'
import { judgingQueue, leaderboard } from '../queries.ts'

export const Query: QueryResolvers = {
  judgingRound: (_, { id }, ctx) => ctx.loaders.round.load(id),
  judgingQueue: (_, { roundId }, ctx) => judgingQueue(ctx, roundId),
  leaderboard: (_, args, ctx) => leaderboard(ctx, args),
}
