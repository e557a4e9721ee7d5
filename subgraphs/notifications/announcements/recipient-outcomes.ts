import type { Context } from '@guildhall/kit/context'
import { eq, sql } from 'drizzle-orm'
import { makePgArray } from 'drizzle-orm/pg-core'
import { type ChannelOutcome, outcomeInLedger, outcomeOfDelivery } from '../domain/announcement-outcome.ts'
import { type AnnouncementRow, deliveries, type LedgerRow, notifications } from '../tables.ts'

/** An entry of the ledger, and the channels of its announcement. */
export type AskedRecipient = LedgerRow & Pick<AnnouncementRow, 'channels'>

/** What became of an announcement by one channel, for one recipient. */
export interface RecipientOutcome extends ChannelOutcome {
  changedAt: Date
}

/** What became of announcements for recipients, channel by channel; one statement however many they are. */
export async function recipientOutcomes(
  db: Context['db'],
  asked: readonly AskedRecipient[],
): Promise<RecipientOutcome[][]> {
  const outside = await deliveriesTo(
    db,
    asked.filter(({ channels }) => channels.some((channel) => channel !== 'IN_APP')),
  )
  return asked.map((entry) =>
    entry.channels.flatMap((channel) => {
      const outcome = outcomeInLedger(channel, entry)
      if (outcome && entry.settledAt) return [{ ...outcome, changedAt: entry.settledAt }]
      const own = outside.get(`${entry.userId} ${entry.announcementId}`) ?? []
      return own.filter((delivery) => delivery.channel === channel)
    }),
  )
}

/** Deliveries by recipient and announcement. */
async function deliveriesTo(
  db: Context['db'],
  asked: readonly LedgerRow[],
): Promise<Map<string, RecipientOutcome[]>> {
  if (asked.length === 0) return new Map()
  const { recipientId, cause } = notifications
  const people = asked.map(({ userId }) => recipientId.mapToDriverValue(userId))
  const causes = asked.map(({ announcementId }) => announcementId)
  const { channel, status, reason, changedAt } = deliveries
  const rows = await db
    .select({ recipientId, cause, changedAt, told: { channel, status, reason } })
    .from(notifications)
    .innerJoin(
      sql`unnest(${sql.param(makePgArray(people))}::uuid[], ${sql.param(makePgArray(causes))}::text[]) as asked(user_id, cause)`,
      sql`${recipientId} = asked.user_id and ${cause} = asked.cause`,
    )
    .innerJoin(deliveries, eq(deliveries.notificationId, notifications.id))
  const outcomes = Map.groupBy(rows, (row) => `${row.recipientId} ${row.cause}`)
  return new Map(
    [...outcomes].map(([key, own]) => [
      key,
      own.map(({ told, changedAt }) => ({ ...outcomeOfDelivery(told), changedAt })),
    ]),
  )
}
