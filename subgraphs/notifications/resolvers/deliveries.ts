import { reference } from '@guildhall/kit/entities'
import { payload } from '@guildhall/kit/outcome'
import { liftMailSuppression } from '../commands/lift-mail-suppression.ts'
import { reportMailEvents } from '../commands/report-mail-events.ts'
import { requeueDelivery } from '../commands/requeue-delivery.ts'
import { sendTestNotification } from '../commands/send-test-notification.ts'
import { unsubscribe } from '../commands/unsubscribe.ts'
import { listDeliveries, listMailSuppressions } from '../deliveries/lists.ts'
import { deliveryLife, waitingStatuses } from '../domain/delivery.ts'
import type {
  MutationResolvers,
  NotificationDeliveryResolvers,
  NotificationResolvers,
  QueryResolvers,
} from '../generated/graphql.ts'

export const Query: QueryResolvers = {
  notificationDeliveries: (_, args, ctx) => listDeliveries(ctx, args),
  mailSuppressions: (_, args, ctx) => listMailSuppressions(ctx, args),
}

export const Mutation: MutationResolvers = {
  requeueDelivery: async (_, { input }, ctx) => payload('delivery', await requeueDelivery(ctx, input)),
  sendTestNotification: async (_, { input }, ctx) => {
    const { made, userErrors } = payload('made', await sendTestNotification(ctx, input))
    return { notification: made && (await ctx.loaders.notification.load(made.notificationId)), userErrors }
  },
  liftMailSuppression: async (_, { input }, ctx) =>
    payload('isLifted', await liftMailSuppression(ctx, input)),
  unsubscribe: async (_, { input }, ctx) => {
    const { off, userErrors } = payload('off', await unsubscribe(ctx, input))
    return { category: off?.category ?? null, userErrors }
  },
  reportMailEvents: async (_, { input }, ctx) => {
    const { noted, userErrors } = payload('noted', await reportMailEvents(ctx, input))
    return { changedCount: noted?.changedCount ?? null, userErrors }
  },
}

export const Notification: NotificationResolvers = {
  deliveries: ({ id }, _, ctx) => ctx.loaders.deliveriesOfNotification.load(id),
}

const platform = { organizationId: null }

export const NotificationDelivery: NotificationDeliveryResolvers = {
  recipient: ({ recipientId }) => reference('User', recipientId),
  attemptCount: ({ attempts }) => attempts,
  nextAttemptAt: ({ status, nextAt }) =>
    waitingStatuses.some((waiting) => waiting === status) ? nextAt : null,
  lastError: ({ lastError }, _, ctx) => (ctx.can('notifications:operate', platform) ? lastError : null),
  nextStatuses: ({ status }) => deliveryLife[status].map(({ to }) => to),
}
