import type { Context, Transaction } from '@guildhall/kit/context'
import { insertRows } from '@guildhall/kit/insert-rows'
import { sql } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import { type CheckInRow, checkIns } from '../tables.ts'
import { isToldAnew } from './judge.ts'
import { type Change, countsAfter } from './tally.ts'

/** "Look again": a list has new scans. */
export const scanSignal = 'participants.scan'

/**
 * Writes changes of a list's log, each with its place in the feed and what the list has counted by then. One statement,
 * however many they are.
 */
export async function writeScans(
  ctx: Context,
  tx: Transaction,
  listId: string,
  head: CheckInRow | undefined,
  changes: readonly Change[],
): Promise<CheckInRow[]> {
  const counts = countsAfter(head, changes)
  let seq = head?.seq ?? 0
  const rows = changes.map(({ before, after }) => {
    if (before && !isToldAnew(before, after)) return after
    seq += 1
    return { ...after, ...counts, seq }
  })
  if (rows.length === 0) return rows
  // One entry of a ticket is current: the row that is so no longer goes first.
  const inOrder = rows.toSorted((a, b) => Number(a.isCurrent) - Number(b.isCurrent))
  await tx.execute(sql`${insertRows(checkIns, inOrder)} on conflict (id) do update set ${changeable}`)
  tx.afterCommit(() => ctx.signals.send(scanSignal, [listId]))
  return rows
}

/** What may change of a scan: what it counted for. */
const changeable = sql.join(
  [
    checkIns.result,
    checkIns.refusal,
    checkIns.people,
    checkIns.outdoneById,
    checkIns.isContender,
    checkIns.isCurrent,
    checkIns.undoneAt,
    checkIns.undoneById,
    checkIns.undoReason,
    checkIns.seq,
    checkIns.entered,
    checkIns.exited,
    checkIns.rejected,
  ].map((column) => {
    const name = sql.identifier(toSnakeCase(column.name))
    return sql`${name} = excluded.${name}`
  }),
  sql`, `,
)
