import { sql } from 'drizzle-orm'
import { makePgArray, type PgColumn } from 'drizzle-orm/pg-core'

/** Ids of a column's kind as one parameter, a `uuid[]`. */
export const uuids = (column: PgColumn, ids: readonly string[]) =>
  sql.param(makePgArray(ids.map((id) => column.mapToDriverValue(id))))
