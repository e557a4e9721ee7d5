import { and, asc, type Column, desc, eq, gt, lt, or, type SQL, type SQLWrapper } from 'drizzle-orm'
import { BadUserInput } from './errors.ts'

/** Items on a page when the client does not say, and at most. */
export const pageSizeDefault = 20
export const pageSizeMax = 100

/** The paging arguments of every connection; defaults stand in the schema. */
export interface PageArguments {
  first: number
  after?: string | null | undefined
}

/** One sort key of a list. The last one must be unique, or pages could skip rows. */
export interface OrderKey<Row> {
  column: Column | SortExpression
  direction: 'ASC' | 'DESC'
  /** The row's value for this key, as the database compares it. */
  value(row: Row): Date | string | number
}

/** A number that rows are ordered by and that no column holds. */
export interface SortExpression extends SQLWrapper {
  name: string
  dataType: 'number'
}

/** What a connection resolves to; `totalCount` is a function so that it costs only those who select it. */
export interface Connection<Row> {
  readonly edges: { cursor: string; node: Row }[]
  nodes: Row[]
  readonly pageInfo: { hasNextPage: boolean; readonly endCursor: string | null }
  totalCount: () => Promise<number>
}

/** A page request in the database's terms. */
export interface Keyset {
  /** Rows behind the cursor; undefined on the first page. */
  where: SQL | undefined
  orderBy: SQL[]
  /** One more than asked for, to know whether there is a next page. */
  limit: number
}

/**
 * Turns paging arguments into a keyset: no OFFSET, so page 1000 costs what page 1 costs and no row is seen twice
 * when others are inserted meanwhile.
 *
 * @param list name of the list and its order; a cursor of another list or order is refused.
 * @throws BadUserInput for a page size outside 1…100 and for cursors that are not of this list.
 */
export function keyset<Row>(list: string, keys: readonly OrderKey<Row>[], page: PageArguments): Keyset {
  if (!Number.isInteger(page.first) || page.first < 1 || page.first > pageSizeMax) {
    throw new BadUserInput(`"first" must be between 1 and ${pageSizeMax}.`)
  }
  const values = page.after == null ? null : readCursor(list, keys, page.after)
  return {
    where: values ? behind(keys, values) : undefined,
    orderBy: keys.map(({ column, direction }) => (direction === 'ASC' ? asc(column) : desc(column))),
    limit: page.first + 1,
  }
}

/** Cuts the surplus row off. */
export const connection = <Row>(
  list: string,
  keys: readonly OrderKey<Row>[],
  page: PageArguments,
  rows: readonly Row[],
  totalCount: () => Promise<number>,
): Connection<Row> => {
  const nodes = rows.slice(0, page.first)
  const cursors = { list, keys }
  return new ConnectionOf(
    nodes,
    new PageInfoOf(cursors, nodes, rows.length > page.first),
    cursors,
    totalCount,
  )
}

/** What a cursor says besides its row. */
interface Cursors<Row> {
  list: string
  keys: readonly OrderKey<Row>[]
}

/**
 * Cursors are written only for those who select them: each costs as much as a whole row. Classes, because an accessor of
 * an object literal gives each object a shape of its own, which with all it holds outlives the collections of young
 * objects: a third of what a large list costs.
 */
class ConnectionOf<Row> implements Connection<Row> {
  readonly nodes: Row[]
  readonly pageInfo: Connection<Row>['pageInfo']
  readonly totalCount: () => Promise<number>
  readonly #cursors: Cursors<Row>
  constructor(
    nodes: Row[],
    pageInfo: Connection<Row>['pageInfo'],
    cursors: Cursors<Row>,
    totalCount: () => Promise<number>,
  ) {
    this.nodes = nodes
    this.pageInfo = pageInfo
    this.totalCount = totalCount
    this.#cursors = cursors
  }
  get edges() {
    return this.nodes.map((node) => ({ cursor: writeCursor(this.#cursors, node), node }))
  }
}

class PageInfoOf<Row> {
  readonly hasNextPage: boolean
  readonly #cursors: Cursors<Row>
  readonly #nodes: readonly Row[]
  constructor(cursors: Cursors<Row>, nodes: readonly Row[], hasNextPage: boolean) {
    this.hasNextPage = hasNextPage
    this.#cursors = cursors
    this.#nodes = nodes
  }
  get endCursor(): string | null {
    const last = this.#nodes.at(-1)
    return last === undefined ? null : writeCursor(this.#cursors, last)
  }
}

/** (a, b, c) behind (x, y, z), each key in its own direction: a>x or (a=x and (b>y or (b=y and c>z))). */
function behind<Row>(keys: readonly OrderKey<Row>[], values: readonly CursorValue[]): SQL | undefined {
  const [key, ...restKeys] = keys
  const [value, ...restValues] = values
  if (!key || value === undefined) return undefined
  const column: SQLWrapper = key.column
  const past = key.direction === 'ASC' ? gt(column, value) : lt(column, value)
  const rest = behind(restKeys, restValues)
  return rest ? or(past, and(eq(column, value), rest)) : past
}

type CursorValue = Date | string | number

const signature = <Row>(list: string, keys: readonly OrderKey<Row>[]): string =>
  `${list}:${keys.map(({ column, direction }) => `${column.name} ${direction}`).join(',')}`

function writeCursor<Row>({ list, keys }: Cursors<Row>, row: Row): string {
  const values = keys.map((key) => {
    const value = key.value(row)
    return value instanceof Date ? value.toISOString() : value
  })
  return Buffer.from(JSON.stringify([signature(list, keys), ...values])).toString('base64url')
}

function readCursor<Row>(list: string, keys: readonly OrderKey<Row>[], cursor: string): CursorValue[] {
  const refuse = (): never => {
    throw new BadUserInput('This cursor does not belong to this list; start again without "after".')
  }
  let read: unknown
  try {
    read = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return refuse()
  }
  if (!Array.isArray(read) || read.length !== keys.length + 1 || read[0] !== signature(list, keys))
    return refuse()
  return keys.map((key, index): CursorValue => {
    const value: unknown = read[index + 1]
    if (key.column.dataType === 'date') {
      const instant = new Date(String(value))
      return Number.isNaN(instant.getTime()) ? refuse() : instant
    }
    const expected = key.column.dataType === 'number' ? 'number' : 'string'
    return typeof value === expected ? (value as string | number) : refuse()
  })
}
