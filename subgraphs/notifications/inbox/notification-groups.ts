import { connection, keyset, type OrderKey, type PageArguments } from '@guildhall/kit/paging'
import { and, countDistinct, desc, eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm'
import { type NotificationState, unreadStates } from '../domain/notification-states.ts'
import type { NotificationFilter } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { matching } from '../queries.ts'
import { type NotificationGroupConnectionRow, type NotificationGroupRow, notifications } from '../tables.ts'

/**
 * A page of somebody's groups, the one with the latest notification first: one statement, and one more if `totalCount`
 * is selected. What comes while somebody pages moves its group to the front: it may be missed behind, never seen twice.
 */
export async function notificationGroupsOf(
  ctx: Ctx,
  recipientId: string,
  filter: NotificationFilter | null | undefined,
  page: PageArguments,
): Promise<NotificationGroupConnectionRow> {
  const where = and(eq(notifications.recipientId, recipientId), matching(filter))
  const within = sql`over (partition by ${notifications.groupKey})`
  const latest = ctx.db
    .selectDistinctOn([notifications.groupKey], {
      ...getTableColumns(notifications),
      count: sql<number>`(count(*) ${within})::int`.as('count'),
      unseenCount: countIn(['UNSEEN'], within).as('unseen_count'),
      unreadCount: countIn(unreadStates, within).as('unread_count'),
    })
    .from(notifications)
    .where(where)
    .orderBy(notifications.groupKey, desc(notifications.seq))
    .as('latest')
  const keys: OrderKey<NotificationGroupRow>[] = [
    { column: latest.seq, direction: 'DESC', value: (group) => group.latest.seq ?? 0 },
  ]
  const set = keyset('User.notificationGroups', keys, page)
  const rows = await ctx.db
    .select()
    .from(latest)
    .where(set.where)
    .orderBy(...set.orderBy)
    .limit(set.limit)
  const groups = rows.map(
    ({ count, unseenCount, unreadCount, ...row }): NotificationGroupRow => ({
      key: row.groupKey,
      latest: row,
      count,
      unseenCount,
      unreadCount,
    }),
  )
  const total = async () => {
    const [counted] = await ctx.db
      .select({ count: countDistinct(notifications.groupKey) })
      .from(notifications)
      .where(where)
    return counted?.count ?? 0
  }
  return connection('User.notificationGroups', keys, page, groups, total)
}

const countIn = (states: readonly NotificationState[], within: SQL) =>
  sql<number>`(count(*) filter (where ${inArray(notifications.state, [...states])}) ${within})::int`
