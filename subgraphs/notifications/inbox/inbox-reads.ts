import { anyOf } from '@guildhall/kit/any-of'
import type { Db } from '@guildhall/kit/database'
import { and, asc, eq, getTableColumns, gt, lte, type SQL, sql } from 'drizzle-orm'
import { makePgArray } from 'drizzle-orm/pg-core'
import { type NotificationRow, notifications, type RecipientRow, recipients } from '../tables.ts'

export type Head = RecipientRow

/** The heads of inboxes; whoever was never told anything has an empty one. */
export async function headsOf(db: Db, recipientIds: readonly string[]): Promise<Map<string, Head>> {
  const rows = await db.select().from(recipients).where(anyOf(recipients.id, recipientIds))
  const found = new Map(rows.map((row) => [row.id, row]))
  return new Map(recipientIds.map((id) => [id, found.get(id) ?? { ...emptyHead, id }]))
}

const emptyHead = { seq: 0, revision: 0, unseen: 0, unread: 0, archived: 0, snoozed: 0, forgottenSeq: 0 }

/** Notifications of one inbox behind one position up to another. */
export interface Stretch {
  recipientId: string
  behind: number
  upTo: number
}

/** Stretches of inboxes with one statement, each in its order. */
export async function stretchesOf(db: Db, asked: readonly Stretch[]): Promise<NotificationRow[][]> {
  const ids = asked.map(({ recipientId }) => String(notifications.recipientId.mapToDriverValue(recipientId)))
  const numbers = (of: (stretch: Stretch) => number) => makePgArray(asked.map(of))
  const place = sql<number>`asked.place::int`.as('place')
  const rows = await db
    .select({ ...getTableColumns(notifications), place })
    .from(notifications)
    .innerJoin(
      sql`unnest(${makePgArray(ids)}::uuid[], ${numbers(({ behind }) => behind)}::int[], ${numbers(({ upTo }) => upTo)}::int[])
        with ordinality as asked(recipient, behind, up_to, place)`,
      sql`${notifications.recipientId} = asked.recipient and ${notifications.seq} > asked.behind and ${notifications.seq} <= asked.up_to`,
    )
    .orderBy(asc(notifications.seq))
  const byPlace = Map.groupBy(rows, (row) => row.place)
  return asked.map((_, index) => byPlace.get(index + 1) ?? [])
}

/** Where a reader of changes stands: in the order of revisions, and of positions within one. */
export interface ChangePosition {
  revision: number
  seq: number
}

/** What changed in an inbox behind a place among the changes, up to a revision. */
export interface Changes {
  recipientId: string
  behind: ChangePosition
  /** Notifications behind this position are not known to the reader, who gets them as they are now. */
  seqMax: number
  revisionMax: number
}

export const changesOf = (db: Db, changes: Changes, limit: number): Promise<NotificationRow[]> =>
  db
    .select()
    .from(notifications)
    .where(isChanged(changes))
    .orderBy(asc(notifications.revision), asc(notifications.seq))
    .limit(limit)

/** Whether there are more changes than this. */
export async function isMoreThan(db: Db, changes: Changes, limit: number): Promise<boolean> {
  const rows = await db
    .select({ seq: notifications.seq })
    .from(notifications)
    .where(isChanged(changes))
    .orderBy(asc(notifications.revision), asc(notifications.seq))
    .offset(limit)
    .limit(1)
  return rows.length > 0
}

const isChanged = ({ recipientId, behind, seqMax, revisionMax }: Changes): SQL | undefined =>
  and(
    eq(notifications.recipientId, recipientId),
    lte(notifications.seq, seqMax),
    sql`(${notifications.revision}, ${notifications.seq}) > (${behind.revision}, ${behind.seq})`,
    lte(notifications.revision, revisionMax),
    // Says nothing new, but lets the partial index serve this.
    gt(notifications.revision, 0),
  )
