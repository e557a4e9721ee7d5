import type { SubscriptionResolvers } from '../generated/graphql.ts'
import { watchProgress } from '../rounds/progress-stream.ts'
import type { JudgingProgressRow } from '../tables.ts'

export const Subscription: SubscriptionResolvers = {
  judgingProgress: {
    subscribe: (_, { roundId }, ctx) => watchProgress(ctx, roundId),
    resolve: (progress: JudgingProgressRow) => progress,
  },
}
