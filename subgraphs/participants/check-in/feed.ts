import { BadUserInput } from '@guildhall/kit/errors'
import { type LookSink, lookAgain } from '@guildhall/kit/look-again'
import { and, asc, desc, eq, gt } from 'drizzle-orm'
import { readFeedCursor, writeFeedCursor } from '../domain/feed-cursor.ts'
import type { Ctx } from '../loaders.ts'
import { standing } from '../standing.ts'
import {
  type CheckInCountsRow,
  type CheckInListRow,
  type CheckInRow,
  checkInLists,
  checkIns,
} from '../tables.ts'
import { checkInListsFor } from './visibility.ts'
import { scanSignal } from './write-scans.ts'

/** What readers are sent. */
export interface FeedItem {
  kind: 'COUNTS' | 'SCAN'
  cursor: string
  checkIn: CheckInRow | null
  counts: CheckInCountsRow
}

const pageSize = 100

/**
 * The scans of a list: what lies behind `after` from the table, then what comes. Nothing is read ahead of a slow reader.
 * Whoever no longer stands at the doors is told nothing more.
 *
 * @throws BadUserInput when there is no list that the caller may see, and for a cursor of another list.
 */
export async function watchScans(
  ctx: Ctx,
  listId: string,
  after: string | null | undefined,
): Promise<AsyncIterableIterator<FeedItem>> {
  const list = await ctx.loaders.checkInList.load(listId)
  if (!list) throw new BadUserInput('There is no such check-in list.')
  const behind = after == null ? null : readFeedCursor(listId, after)
  if (after != null && behind === null) throw new BadUserInput('This cursor does not belong to this list.')
  const head = behind === null ? await headOf(ctx, listId) : undefined
  return follow(ctx, list, head, behind)
}

const headOf = async (ctx: Ctx, listId: string): Promise<CheckInRow | undefined> => {
  const [head] = await ctx.db
    .select()
    .from(checkIns)
    .where(eq(checkIns.listId, listId))
    .orderBy(desc(checkIns.seq))
    .limit(1)
  return head
}

function follow(
  ctx: Ctx,
  list: CheckInListRow,
  head: CheckInRow | undefined,
  behind: number | null,
): AsyncIterableIterator<FeedItem> {
  let at = behind ?? head?.seq ?? 0
  const itemOf = (kind: FeedItem['kind'], row: CheckInRow | undefined): FeedItem => ({
    kind,
    cursor: writeFeedCursor(list.id, at),
    checkIn: kind === 'SCAN' ? (row ?? null) : null,
    counts: row ?? { listId: list.id, entered: 0, exited: 0, rejected: 0 },
  })
  const look = async ({ push, end, again }: LookSink<FeedItem>) => {
    if (!(await isStillOpen(ctx, list.id))) return end()
    const rows = await ctx.db
      .select()
      .from(checkIns)
      .where(and(eq(checkIns.listId, list.id), gt(checkIns.seq, at)))
      .orderBy(asc(checkIns.seq))
      .limit(pageSize)
    for (const row of rows) {
      at = row.seq
      push(itemOf('SCAN', row))
    }
    if (rows.length === pageSize) again()
  }
  const first = behind === null ? [itemOf('COUNTS', head)] : []
  return lookAgain(ctx, { channel: scanSignal, key: list.id }, look, first)
}

/** Asked anew each time: roles may have been taken back since. */
async function isStillOpen(ctx: Ctx, listId: string): Promise<boolean> {
  standing.forget(ctx)
  const [row] = await ctx.db
    .select({ id: checkInLists.id })
    .from(checkInLists)
    .where(and(eq(checkInLists.id, listId), checkInListsFor(ctx)))
  return row !== undefined
}
