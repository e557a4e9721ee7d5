import type { SubscriptionResolvers } from '../generated/graphql.ts'
import { openNotificationStream, type StreamItem } from '../notification-stream.ts'

export const Subscription: SubscriptionResolvers = {
  notificationStream: {
    subscribe: (_, args, ctx) => openNotificationStream(ctx, args),
    resolve: (item: StreamItem) => item,
  },
}
