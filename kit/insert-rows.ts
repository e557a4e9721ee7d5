import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'

/**
 * The beginning of an `insert` of many rows as one parameter: with `values` each of their fields is a parameter of its own,
 * and thousands of these take longer to write into a statement than rows to insert. What comes behind it, such as
 * `on conflict` and `returning`, is added by the caller.
 *
 * @param rows a field that all leave out gets its column's default, one that some leave out is null there.
 */
export function insertRows<Table extends PgTable>(table: Table, rows: readonly Table['$inferInsert'][]): SQL {
  const columns = Object.entries(getTableColumns(table)).filter(([key]) => rows.some((row) => key in row))
  const documents = rows.map((row) =>
    Object.fromEntries(
      columns.map(([key, column]) => [
        nameOf(column),
        driverValue(column, (row as Record<string, unknown>)[key]),
      ]),
    ),
  )
  const names = sql.join(
    columns.map(([, column]) => sql.identifier(nameOf(column))),
    sql`, `,
  )
  return sql`insert into ${table} (${names}) select ${names} from json_populate_recordset(null::${table}, ${JSON.stringify(documents)}::json)`
}

const nameOf = (column: PgColumn): string => (column.keyAsName ? toSnakeCase(column.name) : column.name)

const driverValue = (column: PgColumn, value: unknown): unknown => {
  if (value === null || value === undefined) return null
  // Lists and documents stay what they are: PostgreSQL reads them as such.
  return Array.isArray(value) || column.dataType === 'json' ? value : column.mapToDriverValue(value)
}
