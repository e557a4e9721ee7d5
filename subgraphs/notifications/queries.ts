import type { OrderKey } from '@guildhall/kit/paging'
import { and, eq, inArray, isNotNull, isNull, type SQL } from 'drizzle-orm'
import { inboxStates } from './domain/notification-states.ts'
import type { NotificationFilter } from './generated/graphql.ts'
import {
  type AnnouncementRow,
  announcements,
  type NotificationRow,
  notifications,
  type WatchRow,
  watches,
} from './tables.ts'

/** The latest first; positions are unique within an inbox, and every page is of one inbox. */
export const latestNotifications: OrderKey<NotificationRow>[] = [
  { column: notifications.seq, direction: 'DESC', value: (row) => row.seq ?? 0 },
]

/** The latest first. */
export const latestAnnouncements: OrderKey<AnnouncementRow>[] = [
  { column: announcements.createdAt, direction: 'DESC', value: (row) => row.createdAt },
  { column: announcements.id, direction: 'DESC', value: (row) => row.id },
]

/** The latest first. */
export const latestWatches: OrderKey<WatchRow>[] = [
  { column: watches.createdAt, direction: 'DESC', value: (row) => row.createdAt },
  { column: watches.id, direction: 'DESC', value: (row) => row.id },
]

/** The conditions of a filter. What was never put into the inbox, only sent by other ways, is in no list. */
export function matching(filter: NotificationFilter | null | undefined): SQL | undefined {
  const { isRead, category, state, subjectId, groupKey } = filter ?? {}
  return and(
    isNotNull(notifications.seq),
    inArray(notifications.state, [...(state ?? inboxStates)]),
    isRead === true ? isNotNull(notifications.readAt) : undefined,
    isRead === false ? isNull(notifications.readAt) : undefined,
    category ? inArray(notifications.category, category) : undefined,
    subjectId == null ? undefined : eq(notifications.subjectId, subjectId),
    groupKey == null ? undefined : eq(notifications.groupKey, groupKey),
  )
}
