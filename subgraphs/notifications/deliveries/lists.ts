import { type Connection, connection, keyset, type OrderKey } from '@guildhall/kit/paging'
import { and, eq, inArray, type SQL } from 'drizzle-orm'
import type {
  NotificationDeliveryFilter,
  QueryMailSuppressionsArgs,
  QueryNotificationDeliveriesArgs,
} from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import {
  deliveries,
  type MailSuppressionRow,
  mailSuppressions,
  type NotificationDeliveryRow,
} from '../tables.ts'
import { hashesOf } from './suppressions.ts'

const lastChanged: OrderKey<NotificationDeliveryRow>[] = [
  { column: deliveries.changedAt, direction: 'DESC', value: (row) => row.changedAt },
  { column: deliveries.id, direction: 'DESC', value: (row) => row.id },
]

/** The list behind `Query.notificationDeliveries`. */
export async function listDeliveries(
  ctx: Ctx,
  { filter, first, after }: QueryNotificationDeliveriesArgs,
): Promise<Connection<NotificationDeliveryRow>> {
  ctx.require('notifications:operate', { organizationId: null })
  const page = { first: first ?? 20, after }
  const set = keyset('Query.notificationDeliveries', lastChanged, page)
  const where = matching(filter)
  const rows = await ctx.db
    .select()
    .from(deliveries)
    .where(and(where, set.where))
    .orderBy(...set.orderBy)
    .limit(set.limit)
  const total = () => ctx.db.$count(deliveries, where)
  return connection('Query.notificationDeliveries', lastChanged, page, rows, total)
}

function matching(filter: NotificationDeliveryFilter | null | undefined): SQL | undefined {
  const { status, channel, recipientId } = filter ?? {}
  return and(
    status ? inArray(deliveries.status, status) : undefined,
    channel ? inArray(deliveries.channel, channel) : undefined,
    recipientId == null ? undefined : eq(deliveries.recipientId, recipientId),
  )
}

const latest: OrderKey<MailSuppressionRow>[] = [
  { column: mailSuppressions.createdAt, direction: 'DESC', value: (row) => row.createdAt },
  { column: mailSuppressions.id, direction: 'DESC', value: (row) => row.id },
]

/** The list behind `Query.mailSuppressions`. */
export async function listMailSuppressions(
  ctx: Ctx,
  { address, first, after }: QueryMailSuppressionsArgs,
): Promise<Connection<MailSuppressionRow>> {
  ctx.require('notifications:operate', { organizationId: null })
  const page = { first: first ?? 20, after }
  const set = keyset('Query.mailSuppressions', latest, page)
  const where = address == null ? undefined : inArray(mailSuppressions.addressHash, hashesOf(ctx, address))
  const rows = await ctx.db
    .select()
    .from(mailSuppressions)
    .where(and(where, set.where))
    .orderBy(...set.orderBy)
    .limit(set.limit)
  const total = () => ctx.db.$count(mailSuppressions, where)
  return connection('Query.mailSuppressions', latest, page, rows, total)
}
