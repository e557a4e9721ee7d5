import { loadContracts } from '@guildhall/kit/discover'
import { asReference, reference } from '@guildhall/kit/entities'
import { prefixOf } from '@guildhall/kit/ids'
import { type Outcome, payload } from '@guildhall/kit/outcome'
import { archiveNotifications } from '../commands/archive-notifications.ts'
import { markNotificationsRead } from '../commands/mark-notifications-read.ts'
import { markNotificationsSeen } from '../commands/mark-notifications-seen.ts'
import { markNotificationsUnread } from '../commands/mark-notifications-unread.ts'
import { snoozeNotifications } from '../commands/snooze-notifications.ts'
import { unarchiveNotifications } from '../commands/unarchive-notifications.ts'
import { unsnoozeNotifications } from '../commands/unsnooze-notifications.ts'
import { countsOf, noCounts } from '../domain/counts.ts'
import { writeCursor } from '../domain/stream-cursor.ts'
import type {
  MutationResolvers,
  NotificationResolvers,
  SubscriptionResolvers,
  UserResolvers,
} from '../generated/graphql.ts'
import { notificationGroupsOf } from '../inbox/notification-groups.ts'
import { openNotificationStream, type StreamItem } from '../inbox/notification-stream.ts'
import type { Ctx } from '../loaders.ts'
import { isSelf } from './self.ts'

/** Id prefix → GraphQL type, of every domain. */
const typenames = new Map((await loadContracts()).flatMap(({ ids }) => Object.entries(ids)))

export const Notification: NotificationResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.notification.load(id),
  cursor: (notification) =>
    writeCursor(notification.recipientId, { seq: notification.seq ?? 0, revision: null }),
  wakesAt: (notification) => notification.snoozedUntil,
  actor: (notification) => reference('User', notification.actorId),
  subject: ({ subjectId }, _, __, { schema }) => {
    const typename = subjectId === null ? undefined : typenames.get(prefixOf(subjectId) ?? '')
    // A prefix may belong to rows that are no entities of the graph.
    return subjectId !== null && typename !== undefined && schema.getType(typename)
      ? reference(typename, subjectId)
      : null
  },
  event: (notification) => reference('Event', notification.eventId),
  registration: (notification) => reference('Registration', notification.registrationId),
}

/** Subjects are references, which name their type. */
export const Node = { __resolveType: ({ __typename }: { __typename: string }) => __typename }

export const Mutation: MutationResolvers = {
  markNotificationsSeen: async (_, { input }, ctx) => changed(ctx, await markNotificationsSeen(ctx, input)),
  markNotificationsRead: async (_, { input }, ctx) => {
    const { changedCount, ...rest } = changed(ctx, await markNotificationsRead(ctx, input))
    return { ...rest, readCount: changedCount }
  },
  markNotificationsUnread: async (_, { input }, ctx) =>
    changed(ctx, await markNotificationsUnread(ctx, input)),
  archiveNotifications: async (_, { input }, ctx) => changed(ctx, await archiveNotifications(ctx, input)),
  unarchiveNotifications: async (_, { input }, ctx) => changed(ctx, await unarchiveNotifications(ctx, input)),
  snoozeNotifications: async (_, { input }, ctx) => changed(ctx, await snoozeNotifications(ctx, input)),
  unsnoozeNotifications: async (_, { input }, ctx) => changed(ctx, await unsnoozeNotifications(ctx, input)),
}

/** The payload of all that is done with notifications of the caller. */
function changed(ctx: Ctx, outcome: Outcome<number>) {
  const { count, userErrors } = payload('count', outcome)
  const userId = count === null ? null : ctx.requireViewer().userId
  return { user: reference('User', userId), changedCount: count ?? 0, userErrors }
}

export const Subscription: SubscriptionResolvers = {
  notificationStream: {
    subscribe: (_, args, ctx) => openNotificationStream(ctx, args),
    resolve: (item: StreamItem) => item,
  },
}

export const User: UserResolvers = {
  __resolveReference: asReference,
  notifications: ({ id }, { filter, first, after }, ctx) =>
    isSelf(ctx, id)
      ? ctx.loaders.notificationsOfUser.load({
          parentId: id,
          page: { first: first ?? 20, after },
          filter: filter ?? null,
        })
      : null,
  notificationGroups: async ({ id }, { filter, first, after }, ctx) =>
    isSelf(ctx, id) ? notificationGroupsOf(ctx, id, filter, { first: first ?? 20, after }) : null,
  notificationCounts: async ({ id }, _, ctx) =>
    isSelf(ctx, id) ? countsOf((await ctx.loaders.recipient.load(id)) ?? noCounts) : null,
  unreadNotificationCount: async ({ id }, _, ctx) =>
    isSelf(ctx, id) ? ((await ctx.loaders.recipient.load(id))?.unread ?? 0) : null,
}
