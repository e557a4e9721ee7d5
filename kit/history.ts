import type DataLoader from 'dataloader'
import { asc, desc, getTableColumns, lte, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { anyOf } from './any-of.ts'
import type { Context } from './context.ts'
import { byParent } from './loaders.ts'

/** Entries of a history that are shown at most: one may go back and forth as often as one likes. */
export const historyMax = 50

/**
 * The latest entries of each parent's history, the latest first, one statement for all parents.
 *
 * @param table append-only, with the columns `id` and `at`.
 * @param parent the column that points to what the history is of.
 */
export function historyByParent<Row>(
  ctx: Context,
  table: PgTable & { id: PgColumn; at: PgColumn },
  parent: PgColumn,
  parentOf: (row: Row) => string,
): DataLoader<string, Row[]> {
  const latestFirst = sql`${desc(table.at)}, ${desc(table.id)}`
  const rank = sql<number>`row_number() over (partition by ${parent} order by ${latestFirst})`
  return byParent<Row>(async (parentIds) => {
    const ranked = ctx.db
      .select({ ...getTableColumns(table), rank: rank.mapWith(Number).as('rank') })
      .from(table)
      .where(anyOf(parent, parentIds))
      .as('ranked')
    return (await ctx.db
      .select()
      .from(ranked)
      .where(lte(ranked.rank, historyMax))
      .orderBy(asc(ranked.rank))) as unknown as Row[]
  }, parentOf)
}
