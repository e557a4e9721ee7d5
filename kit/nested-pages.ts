import DataLoader from 'dataloader'
import { and, count, type SQL, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { anyOf } from './any-of.ts'
import type { Context } from './context.ts'
import { columnsOf, nameOf, readColumns, type SelectedColumns, toText } from './drizzle-session.ts'
import {
  type Connection,
  connection,
  type Keyset,
  keyset,
  type OrderKey,
  type PageArguments,
} from './paging.ts'

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
  nested: NestedList<Row, Filter>,
  group: readonly NestedPage<Filter>[],
): Promise<Map<string, Row[]>> {
  const [first] = group
  if (!first) return new Map()
  const set = keyset(nested.list, nested.keys, first.page)
  const { columns, head, middle, tail } = frameOf(ctx, nested, set)
  const parentIds = group.map((one) => one.parentId)
  const where = and(anyOf(nested.parent, parentIds), nested.where?.(first.filter), set.where)
  const statement = toText(
    ctx.db,
    sql`${sql.raw(head)}${where}${sql.raw(middle)}${set.limit}${sql.raw(tail)}`,
  )
  const rows = await readColumns(ctx.db, columns, statement)
  return Map.groupBy(rows as Row[], nested.parentOf)
}

/** What every statement of a list has around its conditions and how many rows each parent has at most. */
interface Frame {
  table: PgTable
  parent: PgColumn
  columns: SelectedColumns
  head: string
  middle: string
  tail: string
}

/** By the keys of a list, which most declare once and for all. */
const frames = new WeakMap<object, Frame>()

function frameOf<Row, Filter>(
  { db }: Context,
  { keys, parent, table }: NestedList<Row, Filter>,
  { orderBy }: Keyset,
): Frame {
  const known = frames.get(keys)
  if (known?.table === table && known.parent === parent) return known
  const columns = columnsOf(db, table)
  const all = sql.raw(columns.names.join(', '))
  const nth = '"nth of parent"'
  const head = sql`select ${all} from (select ${all}, row_number() over (partition by ${parent} order by ${sql.join(orderBy, sql`, `)}) as ${sql.raw(nth)} from ${table} where `
  const fresh = {
    table,
    parent,
    columns,
    head: toText(db, head).sql,
    middle: `) "ranked" where ${nth} <= `,
    // The rows of a parent together: its id is then read once.
    tail: ` order by ${nameOf(db, parent)}, ${nth}`,
  }
  frames.set(keys, fresh)
  return fresh
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
