import DataLoader from 'dataloader'
import { and, count, type SQL } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { anyOf } from './any-of.ts'
import type { Context } from './context.ts'
import { isId } from './ids.ts'

/** Why a loader is asked: all ids of one operation's level go into one statement. */
export type Loader<Row> = DataLoader<string, Row | null>

/**
 * Rows by id, one statement for all that are asked for together; null for what does not exist, what `visible` hides,
 * and what is no id of this kind at all (references are written by clients).
 *
 * @param visible the caller's view on the table: put it here and no path to an entity can forget it.
 */
export function byId<Row extends { id: string }>(
  ctx: Context,
  prefix: string,
  table: PgTable & { id: PgColumn },
  visible?: SQL,
): Loader<Row> {
  return new DataLoader(async (ids) => {
    const wanted = ids.filter((id) => isId(prefix, id))
    if (wanted.length === 0) return ids.map(() => null)
    const rows = (await ctx.db
      .select()
      .from(table)
      .where(and(anyOf(table.id, wanted), visible))) as unknown as Row[]
    const found = new Map(rows.map((row) => [row.id, row]))
    return ids.map((id) => found.get(id) ?? null)
  })
}

/** All children of each parent, one statement. Only for lists that are short by rule. */
export function byParent<Row>(
  read: (parentIds: readonly string[]) => Promise<Row[]>,
  parentOf: (row: Row) => string,
): DataLoader<string, Row[]> {
  return new DataLoader(async (parentIds) => {
    const rows = await read(parentIds)
    const groups = Map.groupBy(rows, parentOf)
    return parentIds.map((id) => groups.get(id) ?? [])
  })
}

/** How many children each parent has, one statement. */
export function countByParent(
  ctx: Context,
  table: PgTable,
  parent: PgColumn,
  where?: SQL,
): DataLoader<string, number> {
  return new DataLoader(async (parentIds) => {
    const rows = await ctx.db
      .select({ parent, count: count() })
      .from(table)
      .where(and(anyOf(parent, parentIds), where))
      .groupBy(parent)
    const counts = new Map(rows.map((row) => [String(row.parent), Number(row.count)]))
    return parentIds.map((id) => counts.get(id) ?? 0)
  })
}
