import { anyOf } from '@guildhall/kit/any-of'
import type { Context } from '@guildhall/kit/context'
import { and, count, eq, inArray, isNull, or, type SQL, sql } from 'drizzle-orm'
import { makePgArray } from 'drizzle-orm/pg-core'
import { type ChannelOutcome, outcomeInLedger, outcomeOfDelivery } from '../domain/announcement-outcome.ts'
import {
  type AnnouncementRow,
  announcementRecipients,
  announcements,
  deliveries,
  notifications,
} from '../tables.ts'

type Db = Context['db']
type Asked = Pick<AnnouncementRow, 'id' | 'channels'>

/** For how many recipients the same became of an announcement by one channel. */
export interface OutcomeCount extends ChannelOutcome {
  count: number
}

/** What became of announcements, channel by channel: the ledger says it of inboxes, deliveries of mail and push. */
export async function outcomeCountsOf(db: Db, asked: readonly Asked[]): Promise<OutcomeCount[][]> {
  const [inside, outside] = await Promise.all([ledgerCounts(db, asked), deliveryCounts(db, asked)])
  return asked.map(({ id, channels }) => {
    const inLedger = (inside.get(id) ?? []).flatMap((entry) =>
      channels.flatMap((channel) => {
        const outcome = outcomeInLedger(channel, entry)
        return outcome ? [{ ...outcome, count: entry.count }] : []
      }),
    )
    return summedUp([...inLedger, ...(outside.get(id) ?? [])])
  })
}

/** Reasons that are not told leave entries behind that read the same. */
function summedUp(counts: readonly OutcomeCount[]): OutcomeCount[] {
  const alike = Map.groupBy(counts, ({ channel, status, reason }) => `${channel} ${status} ${reason ?? ''}`)
  return [...alike.keys()].sort().flatMap((key) => {
    const [first, ...rest] = alike.get(key) ?? []
    return first ? [{ ...first, count: rest.reduce((sum, one) => sum + one.count, first.count) }] : []
  })
}

async function ledgerCounts(db: Db, asked: readonly Asked[]) {
  const { announcementId, status, reason } = announcementRecipients
  const rows = await db
    .select({ announcementId, status, reason, count: count() })
    .from(announcementRecipients)
    .where(anyOf(announcementId, idsOf(asked)))
    .groupBy(announcementId, status, reason)
  return Map.groupBy(rows, (row) => row.announcementId)
}

async function deliveryCounts(db: Db, asked: readonly Asked[]): Promise<Map<string, OutcomeCount[]>> {
  const leaving = asked.filter(({ channels }) => channels.some((channel) => channel !== 'IN_APP'))
  if (leaving.length === 0) return new Map()
  const { announcementId } = announcementRecipients
  const { channel, status, reason } = deliveries
  const rows = await db
    .select({ announcementId, channel, status, reason, count: count() })
    .from(announcementRecipients)
    .innerJoin(causesOf(leaving), eq(sql`asked.announcement_id`, announcementId))
    .innerJoin(notifications, toldToRecipient)
    .innerJoin(deliveries, eq(deliveries.notificationId, notifications.id))
    .groupBy(announcementId, channel, status, reason)
  return Map.groupBy(
    rows.map(({ announcementId, count, ...row }) => ({ ...outcomeOfDelivery(row), announcementId, count })),
    (row) => row.announcementId,
  )
}

/** How many have each of these announcements, by whichever of its channels. */
export async function reachedBy(db: Db, asked: readonly Asked[]): Promise<number[]> {
  const { announcementId, status, reason } = announcementRecipients
  const isInInbox = and(isNull(reason), sql`'IN_APP' = any(${announcements.channels})`)
  const wasTaken = sql`exists (${db
    .select({ one: sql`1` })
    .from(notifications)
    .innerJoin(deliveries, eq(deliveries.notificationId, notifications.id))
    .where(and(toldToRecipient, inArray(deliveries.status, ['SENT', 'DELIVERED'])))})`
  const rows = await db
    .select({ announcementId, count: count() })
    .from(announcementRecipients)
    .innerJoin(causesOf(asked), eq(sql`asked.announcement_id`, announcementId))
    .innerJoin(announcements, eq(announcements.id, announcementId))
    .where(and(eq(status, 'SENT'), or(isInInbox, wasTaken)))
    .groupBy(announcementId)
  const found = new Map(rows.map((row) => [row.announcementId, row.count]))
  return asked.map(({ id }) => found.get(id) ?? 0)
}

const idsOf = (asked: readonly Asked[]): string[] => asked.map(({ id }) => id)

/** Announcements as the ledger names them beside what their notifications tell of. */
const causesOf = (asked: readonly Asked[]): SQL => {
  const uuids = idsOf(asked).map((id) => announcements.id.mapToDriverValue(id))
  return sql`unnest(${sql.param(makePgArray(uuids))}::uuid[], ${sql.param(makePgArray(idsOf(asked)))}::text[]) as asked(announcement_id, cause)`
}

const toldToRecipient = and(
  eq(notifications.recipientId, announcementRecipients.userId),
  eq(notifications.cause, sql`asked.cause`),
)
