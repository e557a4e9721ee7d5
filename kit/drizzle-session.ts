import { Column, getTableColumns, is, SQL, type Table } from 'drizzle-orm'
import { PgCustomColumn, PgTimestamp } from 'drizzle-orm/pg-core'
import { instantOf } from './instants.ts'

/** One thing that a query selects, as Drizzle hands it to its driver. */
export interface SelectedField {
  path: string[]
  field: unknown
}

interface Decoder {
  mapFromDriverValue(value: unknown): unknown
}

/** Rows as the driver gave them, value by value, to rows as the query names them. */
export type RowMapper = (rows: readonly unknown[][]) => Record<string, unknown>[]

/**
 * What Drizzle does with each row, for queries that nest nothing: it finds out anew for every value of every row how it
 * is read, which costs more than reading it. Null for queries that are Drizzle's to map.
 */
export function rowMapperOf(fields: readonly SelectedField[] | undefined): RowMapper | null {
  if (!fields) return null
  const names: string[] = []
  const readers: (((value: unknown) => unknown) | null)[] = []
  for (const { path, field } of fields) {
    const [name] = path
    const decoder = decoderOf(field)
    if (path.length !== 1 || name === undefined || decoder === null) return null
    names.push(name)
    readers.push(readerOf(decoder))
  }
  return (rows) =>
    rows.map((values) => {
      const row: Record<string, unknown> = {}
      for (let index = 0; index < names.length; index++) {
        const value = values[index]
        const read = readers[index]
        row[names[index] as string] = value === null || !read ? value : read(value)
      }
      return row
    })
}

/** Where Drizzle looks for it; null for what we do not know. */
function decoderOf(field: unknown): Decoder | null {
  if (is(field, Column)) return field
  if (is(field, SQL.Aliased)) return (field.sql as unknown as { decoder: Decoder }).decoder
  return is(field, SQL) ? (field as unknown as { decoder: Decoder }).decoder : null
}

/** Null: the driver's value is the row's. */
function readerOf(decoder: Decoder): ((value: unknown) => unknown) | null {
  if (decoder.mapFromDriverValue === Column.prototype.mapFromDriverValue) return null
  if (is(decoder, PgTimestamp) && decoder.withTimezone) {
    return (value) => (typeof value === 'string' ? instantOf(value) : value)
  }
  if (is(decoder, PgCustomColumn)) {
    const { mapFrom } = decoder as unknown as { mapFrom?: (value: unknown) => unknown }
    if (mapFrom) return mapFrom
  }
  return (value) => decoder.mapFromDriverValue(value)
}

/** Statements that are prepared in a connection at most; what varies without end must not fill the server's memory. */
const preparedMax = 500

/** How often a statement must have been sent before it is one of those that come again. */
const oftenFrom = 3

/**
 * Has a database read rows by {@link rowMapperOf} and prepare what comes again, within transactions and without:
 * unprepared, each statement costs a second round trip to learn its types.
 */
export function tuneSession(db: object): void {
  const { session } = db as { session: DrizzleSession }
  const isOften = often()
  tuneReads(session, isOften)
  const begin = session.transaction.bind(session)
  session.transaction = (work, config) =>
    begin((tx) => {
      tuneTransaction(tx.session, isOften)
      return work(tx)
    }, config)
}

function tuneReads(session: DrizzleSession, isOften: IsOften): void {
  const prepare = session.prepareQuery.bind(session)
  session.prepareQuery = (query, fields, name, isResponseInArrayMode, mapper, ...rest) => {
    const prepared = prepare(
      query,
      fields,
      name ?? (fields && isOften(query.sql) ? 'often' : undefined),
      isResponseInArrayMode,
      mapper ?? rowMapperOf(fields) ?? undefined,
      ...rest,
    )
    if (fields) prepared.client = lettingGo(prepared.client as Client<PostgresRows>)
    return prepared
  }
}

/** What a transaction reads is little, and what it writes is prepared as well: commands are the same ones again and again. */
function tuneTransaction(session: DrizzleSession, isOften: IsOften): void {
  const prepare = session.prepareQuery.bind(session)
  session.prepareQuery = (query, fields, name, isResponseInArrayMode, mapper, ...rest) =>
    prepare(
      query,
      fields,
      name ?? (isOften(query.sql) ? 'often' : undefined),
      isResponseInArrayMode,
      mapper ?? rowMapperOf(fields) ?? undefined,
      ...rest,
    )
}

/**
 * A client whose statements do not hold what they gave. V8 (13.6 and before) keeps closures that are properties of
 * objects beyond the collections of young objects; those of postgres.js hold their statement, and so its rows would be
 * copied, grow old and wait for a full collection: a third of what a large read costs.
 */
const lettingGo = (client: Client<PostgresRows>): Client<Promise<unknown[][]>> => ({
  unsafe: (...args) => ({
    async values() {
      let rows: unknown[][] = []
      await client
        .unsafe(...args)
        .values()
        .forEach((row) => {
          rows.push(row)
        })
      const all = rows
      rows = []
      return all
    },
  }),
})

/** Tells which texts it has been shown before, a few times; of the first {@link preparedMax} that were. */
function often(): IsOften {
  const known = new Set<string>()
  const counts = new Map<string, number>()
  return (text) => {
    if (known.has(text)) return true
    if (known.size >= preparedMax) return false
    if (counts.size >= 10 * preparedMax) counts.clear()
    const count = (counts.get(text) ?? 0) + 1
    counts.set(text, count)
    if (count < oftenFrom) return false
    counts.delete(text)
    known.add(text)
    return true
  }
}

type IsOften = (text: string) => boolean

/** A table's columns as a query selects them. */
export interface SelectedColumns {
  /** As they stand in a statement, without their table. */
  names: string[]
  fields: SelectedField[]
  read: RowMapper | null
}

export function columnsOf(db: object, table: Table): SelectedColumns {
  const columns = Object.entries(getTableColumns(table))
  const fields = columns.map(([name, field]) => ({ path: [name], field }))
  return { names: columns.map(([, column]) => nameOf(db, column)), fields, read: rowMapperOf(fields) }
}

/** A column as it stands in a statement, without its table. */
export function nameOf(db: object, column: Column): string {
  const { dialect } = db as DrizzleDatabase
  return dialect.escapeName(dialect.casing.getColumnCasing(column))
}

/** The text and the parameters of a piece of SQL, as a database would send it. */
export const toText = (db: object, piece: SQL): { sql: string; params: unknown[] } =>
  (db as DrizzleDatabase).dialect.sqlToQuery(piece)

/** Runs a statement that selects just these columns, without having Drizzle put it together. */
export const readColumns = async (
  db: object,
  { fields, read }: SelectedColumns,
  statement: { sql: string; params: unknown[] },
): Promise<Record<string, unknown>[]> =>
  (db as DrizzleDatabase).session
    .prepareQuery(statement, fields, undefined, true, read ?? undefined)
    .execute() as Promise<Record<string, unknown>[]>

interface DrizzleDatabase {
  session: DrizzleSession
  dialect: {
    sqlToQuery(piece: SQL): { sql: string; params: unknown[] }
    escapeName(name: string): string
    casing: { getColumnCasing(column: Column): string }
  }
}

interface DrizzleSession {
  transaction(work: (tx: { session: DrizzleSession }) => Promise<unknown>, config?: unknown): Promise<unknown>
  /** @param name any makes it a prepared statement; the driver gives it a name of its own. */
  prepareQuery(
    query: { sql: string },
    fields: SelectedField[] | undefined,
    name: string | undefined,
    isResponseInArrayMode: boolean,
    customResultMapper?: unknown,
    ...rest: unknown[]
  ): { client: Client<unknown>; execute(): Promise<unknown> }
}

/** What Drizzle asks of postgres.js for a statement that gives rows. */
interface Client<Rows> {
  unsafe(...args: unknown[]): { values(): Rows }
}

interface PostgresRows {
  forEach(see: (row: unknown[]) => void): Promise<unknown>
}
