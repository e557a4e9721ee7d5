import { type SQL, sql } from 'drizzle-orm'
import { makePgArray, type PgColumn } from 'drizzle-orm/pg-core'

/**
 * `inArray` for the keys of a batch: one parameter however many they are, so that the statement is the same every time.
 * A hundred parameters of their own take longer to write into a statement than to look up.
 */
export const anyOf = (column: PgColumn, values: readonly unknown[]): SQL =>
  sql`${column} = any(${sql.param(makePgArray(values.map((value) => column.mapToDriverValue(value))))})`
