import type { Db } from '@guildhall/kit/database'
import type { OrderKey } from '@guildhall/kit/paging'
import { and, asc, eq, gt, inArray, isNotNull, isNull, lte, type SQL } from 'drizzle-orm'
import type { NotificationFilter } from './generated/graphql.ts'
import {
  type AnnouncementRow,
  announcements,
  type NotificationRow,
  notifications,
  type RecipientRow,
  recipients,
} from './tables.ts'

/** The latest first; positions are unique within an inbox, and every page is of one inbox. */
export const latestNotifications: OrderKey<NotificationRow>[] = [
  { column: notifications.seq, direction: 'DESC', value: (row) => row.seq },
]

/** The latest first. */
export const latestAnnouncements: OrderKey<AnnouncementRow>[] = [
  { column: announcements.createdAt, direction: 'DESC', value: (row) => row.createdAt },
  { column: announcements.id, direction: 'DESC', value: (row) => row.id },
]

/** The conditions of a filter. */
export function matching(filter: NotificationFilter | null | undefined): SQL | undefined {
  const { isRead, category } = filter ?? {}
  return and(
    isRead === true ? isNotNull(notifications.readAt) : undefined,
    isRead === false ? isNull(notifications.readAt) : undefined,
    category ? inArray(notifications.category, category) : undefined,
  )
}

type Head = Pick<RecipientRow, 'seq' | 'revision' | 'unread' | 'forgottenSeq'>

/** The head of an inbox; whoever was never told anything has an empty one. */
export async function headOf(db: Pick<Db, 'select'>, recipientId: string): Promise<Head> {
  const [head] = await db.select().from(recipients).where(eq(recipients.id, recipientId))
  return head ?? { seq: 0, revision: 0, unread: 0, forgottenSeq: 0 }
}

/** Notifications behind one position up to another, in order. */
export const notificationsBetween = (
  db: Db,
  recipientId: string,
  behind: number,
  upTo: number,
  limit: number,
): Promise<NotificationRow[]> =>
  db
    .select()
    .from(notifications)
    .where(
      and(
        eq(notifications.recipientId, recipientId),
        gt(notifications.seq, behind),
        lte(notifications.seq, upTo),
      ),
    )
    .orderBy(asc(notifications.seq))
    .limit(limit)

/** Notifications up to a position that were read since a revision. */
export const changesBetween = (
  db: Db,
  recipientId: string,
  seen: { seq: number; revision: number },
  upTo: number,
  limit: number,
): Promise<NotificationRow[]> =>
  db
    .select()
    .from(notifications)
    .where(
      and(
        eq(notifications.recipientId, recipientId),
        lte(notifications.seq, seen.seq),
        gt(notifications.revision, seen.revision),
        lte(notifications.revision, upTo),
        // Says nothing new, but lets the partial index serve this.
        gt(notifications.revision, 0),
      ),
    )
    .orderBy(asc(notifications.revision), asc(notifications.seq))
    .limit(limit)
