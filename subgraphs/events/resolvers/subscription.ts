import type { SubscriptionResolvers } from '../generated/graphql.ts'
import { type StatusUpdate, watchStatus } from '../live/status-stream.ts'

export const Subscription: SubscriptionResolvers = {
  eventStatusChanged: {
    subscribe: (_, { id }, ctx) => watchStatus(ctx, id),
    resolve: (update: unknown) => update as StatusUpdate,
  },
}
