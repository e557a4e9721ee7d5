import type { Context } from '@guildhall/kit/context'
import { byId, byParent } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import { eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { NotificationFilter } from './generated/graphql.ts'
import { latestAnnouncements, latestNotifications, matching } from './queries.ts'
import {
  type AnnouncementRow,
  announcements,
  type NotificationRow,
  notifications,
  type PreferenceRow,
  preferences,
  type RecipientRow,
  recipients,
} from './tables.ts'

export type Ctx = Context<ReturnType<typeof loaders>>

/** Batches of one operation. */
export const loaders = (ctx: Context) => ({
  notification: byId<NotificationRow>(ctx, 'ntf', notifications, ownNotifications(ctx)),
  announcement: byId<AnnouncementRow>(ctx, 'ann', announcements, announcementsOf(ctx)),
  /** Heads of inboxes, without asking whose; the fields that use it do. */
  recipient: byId<RecipientRow>(ctx, 'usr', recipients),
  /** Choices of people, without asking whose; the fields that use it do. */
  preferences: byParent<PreferenceRow>(
    (userIds) =>
      ctx.db
        .select()
        .from(preferences)
        .where(inArray(preferences.userId, [...userIds])),
    (row) => row.userId,
  ),
  notificationsOfUser: pagesByParent<NotificationRow, NotificationFilter | null>(ctx, {
    list: 'User.notifications',
    table: notifications,
    parent: notifications.recipientId,
    parentOf: (row) => row.recipientId,
    keys: latestNotifications,
    where: matching,
  }),
  announcementsOfEvent: pagesByParent<AnnouncementRow, null>(ctx, {
    list: 'Event.announcements',
    table: announcements,
    parent: announcements.eventId,
    parentOf: (row) => row.eventId,
    keys: latestAnnouncements,
    where: () => announcementsOf(ctx),
  }),
})

/** People see their own notifications and nobody else's, whatever their role. */
function ownNotifications(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  return ctx.viewer ? eq(notifications.recipientId, ctx.viewer.userId) : sql`false`
}

/** Announcements are seen by those who may send them. */
function announcementsOf(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  const organizationIds = Object.keys(ctx.viewer?.grants ?? {}).filter((organizationId) =>
    ctx.can('announcements:send', { organizationId }),
  )
  return inArray(announcements.organizationId, organizationIds)
}
