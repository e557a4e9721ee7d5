import { anyOf } from '@guildhall/kit/any-of'
import type { Context } from '@guildhall/kit/context'
import { historyByParent } from '@guildhall/kit/history'
import { byId, byParent } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import DataLoader from 'dataloader'
import { and, asc, desc, eq, inArray, isNotNull, type SQL, sql } from 'drizzle-orm'
import { byRecipient, recipientsMatching } from './announcements/ledger.ts'
import { type OutcomeCount, outcomeCountsOf, reachedBy } from './announcements/outcome-counts.ts'
import {
  type AskedRecipient,
  type RecipientOutcome,
  recipientOutcomes,
} from './announcements/recipient-outcomes.ts'
import type { AnnouncementRecipientFilter, NotificationFilter, WatchLevel } from './generated/graphql.ts'
import { latestAnnouncements, latestNotifications, latestWatches, matching } from './queries.ts'
import {
  type AnnouncementRow,
  type AnnouncementTransitionRow,
  announcementRecipients,
  announcements,
  announcementTransitions,
  deliveries,
  devices,
  type LedgerRow,
  type NotificationDeliveryRow,
  type NotificationRow,
  notifications,
  type PushDeviceRow,
  type QuietHoursRow,
  quietHours,
  type RecipientRow,
  recipients,
  type ScopeDefaultRow,
  scopeDefaults,
  type WatchRow,
  watches,
} from './tables.ts'

export type Ctx = Context<ReturnType<typeof loaders>>

/** Batches of one operation. */
export const loaders = (ctx: Context) => ({
  notification: byId<NotificationRow>(ctx, 'ntf', notifications, ownNotifications(ctx)),
  announcement: byId<AnnouncementRow>(ctx, 'ann', announcements, announcementsOf(ctx)),
  /** Deliveries by notification, without asking whose; whoever sees the notification sees them. */
  deliveriesOfNotification: byParent<NotificationDeliveryRow>(
    (notificationIds) =>
      ctx.db
        .select()
        .from(deliveries)
        .where(anyOf(deliveries.notificationId, notificationIds))
        .orderBy(asc(deliveries.channel)),
    (row) => row.notificationId,
  ),
  device: byId<PushDeviceRow>(ctx, 'dvc', devices, ownDevices(ctx)),
  /** Devices of people, without asking whose; the fields that use it do. */
  devicesOfUser: byParent<PushDeviceRow>(
    (userIds) =>
      ctx.db
        .select()
        .from(devices)
        .where(anyOf(devices.userId, userIds))
        .orderBy(desc(devices.lastSeenAt), desc(devices.id)),
    (row) => row.userId,
  ),
  /** Heads of inboxes, without asking whose; the fields that use it do. */
  recipient: byId<RecipientRow>(ctx, 'usr', recipients),
  /** What is set for scopes, without asking who sees them; the field that uses it does. */
  scopeDefaults: byParent<ScopeDefaultRow>(
    (scopeIds) => ctx.db.select().from(scopeDefaults).where(anyOf(scopeDefaults.scopeId, scopeIds)),
    (row) => row.scopeId,
  ),
  /** When people are not to be disturbed, without asking whose; the field that uses it does. */
  quietHours: byId<QuietHoursRow>(ctx, 'usr', quietHours),
  watchesOfUser: pagesByParent<WatchRow, WatchLevel | null>(ctx, {
    list: 'User.watchedSubjects',
    table: watches,
    parent: watches.userId,
    parentOf: (row) => row.userId,
    keys: latestWatches,
    where: (level) => (level ? eq(watches.level, level) : undefined),
  }),
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
    parentOf: (row) => row.eventId ?? '',
    keys: latestAnnouncements,
    where: () => announcementsOf(ctx),
  }),
  announcementsOfOrganization: pagesByParent<AnnouncementRow, null>(ctx, {
    list: 'Organization.announcements',
    table: announcements,
    parent: announcements.organizationId,
    parentOf: (row) => row.organizationId,
    keys: latestAnnouncements,
    where: () => announcementsOf(ctx),
  }),
  /** The ledger, without asking who may see it; whoever sees the announcement may. */
  recipientsOfAnnouncement: pagesByParent<LedgerRow, AnnouncementRecipientFilter | null>(ctx, {
    list: 'Announcement.recipients',
    table: announcementRecipients,
    parent: announcementRecipients.announcementId,
    parentOf: (row) => row.announcementId,
    keys: byRecipient,
    where: (filter) => recipientsMatching(filter),
  }),
  /**
   * What became of announcements, without asking who may see it; whoever sees them may. Not remembered: a stream of
   * progress asks again.
   */
  outcomeCounts: new DataLoader<AnnouncementRow, OutcomeCount[]>((asked) => outcomeCountsOf(ctx.db, asked), {
    cache: false,
  }),
  reachedCount: new DataLoader<AnnouncementRow, number>((asked) => reachedBy(ctx.db, asked), {
    cache: false,
  }),
  recipientOutcomes: new DataLoader<AskedRecipient, RecipientOutcome[]>(
    (asked) => recipientOutcomes(ctx.db, asked),
    { cache: false },
  ),
  announcementHistory: historyByParent<AnnouncementTransitionRow>(
    ctx,
    announcementTransitions,
    announcementTransitions.announcementId,
    (row) => row.announcementId,
  ),
})

/** People see what is in their own inbox and nobody else's, whatever their role. */
function ownNotifications(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  return ctx.viewer
    ? and(eq(notifications.recipientId, ctx.viewer.userId), isNotNull(notifications.seq))
    : sql`false`
}

/** Devices are their owner's alone. */
const ownDevices = ({ viewer }: Context): SQL => (viewer ? eq(devices.userId, viewer.userId) : sql`false`)

/** Announcements are seen by those who may send them. */
function announcementsOf(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  const organizationIds = Object.keys(ctx.viewer?.grants ?? {}).filter((organizationId) =>
    ctx.can('announcements:send', { organizationId }),
  )
  return inArray(announcements.organizationId, organizationIds)
}
