import DataLoader from 'dataloader'
import { and, asc, count, getTableColumns, lte, type SQL, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { anyOf } from './any-of.ts'
import type { Context } from './context.ts'
import { type Connection, connection, keyset, type OrderKey, type PageArguments } from './paging.ts'

/** A list that hangs on a parent, such as the registrations of an event. */
export interface NestedList<Row, Filter> {
  /** Name of the list; part of its cursors. */
  list: string
  table: PgTable
  /** The column that points to the parent. */
  parent: PgColumn
  parentOf(row: Row): string
  keys: readonly OrderKey<Row>[]
  /** The caller's view on the table, and the filter of the field's arguments. */
  where?(filter: Filter): SQL | undefined
}

/** What a nested connection field asks for. */
export interface NestedPage<Filter> {
  parentId: string
  page: PageArguments
  filter: Filter
}

/**
 * Pages of a nested list for many parents with one statement (and one more if `totalCount` is selected), however many
 * parents an operation meets. Parents that are asked with other arguments are another statement.
 */
export function pagesByParent<Row, Filter>(
  ctx: Context,
  nested: NestedList<Row, Filter>,
): DataLoader<NestedPage<Filter>, Connection<Row>, string> {
  const counts = countsByParent(ctx, nested)
  return new DataLoader(
    async (wanted) => {
      const groups = Map.groupBy(wanted, askedFor)
      const pages = new Map<NestedPage<Filter>, Connection<Row>>()
      for (const group of groups.values()) {
        const rows = await readGroup(ctx, nested, group)
        for (const one of group) {
          const own = rows.get(one.parentId) ?? []
          const total = () => counts.load(one)
          pages.set(one, connection(nested.list, nested.keys, one.page, own, total))
        }
      }
      return wanted.map((one) => pages.get(one) ?? new Error('page not read'))
    },
    { cacheKeyFn: (one) => `${one.parentId} ${askedFor(one)}` },
  )
}

/** What makes two pages one statement. Asked for every parent, so the usual first page is put without much ado. */
const askedFor = <Filter>({ page: { first, after }, filter }: NestedPage<Filter>): string =>
  after == null && filter == null ? String(first) : JSON.stringify([first, after, filter])

async function readGroup<Row, Filter>(
  ctx: Context,
  { list, table, parent, parentOf, keys, where }: NestedList<Row, Filter>,
  group: readonly NestedPage<Filter>[],
): Promise<Map<string, Row[]>> {
  const [first] = group
  if (!first) return new Map()
  const set = keyset(list, keys, first.page)
  const rank = sql<number>`row_number() over (partition by ${parent} order by ${sql.join(set.orderBy, sql`, `)})`
  const ranked = ctx.db
    .select({ ...getTableColumns(table), rank: rank.mapWith(Number).as('rank') })
    .from(table)
    .where(
      and(
        anyOf(
          parent,
          group.map((one) => one.parentId),
        ),
        where?.(first.filter),
        set.where,
      ),
    )
    .as('ranked')
  const rows = (await ctx.db
    .select()
    .from(ranked)
    .where(lte(ranked.rank, set.limit))
    .orderBy(asc(ranked.rank))) as unknown as Row[]
  return Map.groupBy(rows, parentOf)
}

function countsByParent<Row, Filter>(
  ctx: Context,
  { table, parent, where }: NestedList<Row, Filter>,
): DataLoader<NestedPage<Filter>, number, string> {
  return new DataLoader(
    async (wanted) => {
      const groups = Map.groupBy(wanted, ({ filter }) => JSON.stringify(filter))
      const counts = new Map<string, number>()
      for (const [key, [first, ...rest]] of groups) {
        if (!first) continue
        const parentIds = [first, ...rest].map((one) => one.parentId)
        const rows = await ctx.db
          .select({ parent, count: count() })
          .from(table)
          .where(and(anyOf(parent, parentIds), where?.(first.filter)))
          .groupBy(parent)
        for (const row of rows) counts.set(`${String(row.parent)} ${key}`, Number(row.count))
      }
      return wanted.map((one) => counts.get(`${one.parentId} ${JSON.stringify(one.filter)}`) ?? 0)
    },
    { cacheKeyFn: ({ parentId, filter }) => JSON.stringify([parentId, filter]) },
  )
}
