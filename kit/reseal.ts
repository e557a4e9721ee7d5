import { and, getTableColumns, getTableName, isNotNull, type SQL, sql } from 'drizzle-orm'
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core'
import type { Context, Transaction } from './context.ts'
import type { Schedule } from './define-subgraph.ts'
import { done } from './outcome.ts'

/** A column whose values the vault has sealed; made by {@link sealedColumn}. */
export interface SealedColumn {
  table: PgTable
  /** Name of the property that holds the sealed value; null where there is none. */
  column: string
  place: (row: never) => string
  blindIndex?: BlindIndexColumn | undefined
}

/** A column with the {@link Vault.blindIndex} of the value, which changes together with it. */
export interface BlindIndexColumn {
  column: string
  purpose: string
  /** The form of the text that is searched for, e.g. in small letters. Default: the text itself. */
  of?: (text: string) => string
}

/**
 * Declares a sealed column, with the row's type taken from its table.
 *
 * @throws Error when the table has no primary key.
 */
export function sealedColumn<Table extends PgTable>(declaration: {
  table: Table
  column: keyof Table['$inferSelect'] & string
  /** The place that {@link Vault.seal} was called with. */
  place: (row: Table['$inferSelect']) => string
  blindIndex?: BlindIndexColumn & { column: keyof Table['$inferSelect'] & string }
}): SealedColumn {
  primaryKey(declaration.table)
  return declaration as unknown as SealedColumn
}

const batchSize = 100
const everySeconds = 600

/** Secrets change with a restart; what older processes seal meanwhile is found at the next turn. */
export const resealSchedule = (columns: readonly SealedColumn[]): Schedule[] =>
  columns.length === 0
    ? []
    : [
        {
          name: 'reseal',
          everySeconds,
          run: async (ctx) => {
            for (const column of columns) await reseal(ctx, column)
          },
        },
      ]

type Row = Record<string, unknown>

/**
 * Brings every value of a column under the secret of now. Replicas share the work, since none waits for a row that
 * another has locked; a run that is cut off leaves rows that are whole, and the next one finds what is left.
 *
 * @returns how many values were sealed anew.
 */
export async function reseal(ctx: Context, sealed: SealedColumn): Promise<number> {
  let resealed = 0
  let after: Row | null = null
  do {
    const batch: Batch = await resealBatch(ctx, sealed, after)
    resealed += batch.resealed
    after = batch.last
  } while (after)
  if (resealed > 0)
    ctx.log.info({ table: getTableName(sealed.table), column: sealed.column, resealed }, 'values sealed anew')
  return resealed
}

interface Batch {
  resealed: number
  /** Where the next batch goes on, also past values that cannot be opened; null after the last. */
  last: Row | null
}

async function resealBatch(ctx: Context, sealed: SealedColumn, after: Row | null): Promise<Batch> {
  const { table } = sealed
  const columns = getTableColumns(table)
  const value = columnOf(sealed.table, sealed.column)
  const key = primaryKey(table)
  const outdated = and(
    isNotNull(value),
    sql`not starts_with(${value}, ${ctx.vault.currentPrefix})`,
    after ? sql`${tuple(key.map(([, column]) => column))} > ${tuple(valuesOf(key, after))}` : undefined,
  )
  // Looked at outside of any transaction: mostly there is nothing to do.
  const [first] = await ctx.db.select({ found: sql`1` }).from(table).where(outdated).limit(1)
  if (!first) return { resealed: 0, last: null }
  const outcome = await ctx.transaction('reseal', async (tx) => {
    const rows: Row[] = await tx
      .select(columns)
      .from(table)
      .where(outdated)
      .orderBy(...key.map(([, column]) => column))
      .limit(batchSize)
      .for('update', { skipLocked: true })
    let resealed = 0
    for (const row of rows) if (await resealRow(ctx, tx, sealed, key, row)) resealed++
    return done({ resealed, last: rows.at(-1) ?? null })
  })
  return outcome.ok ? outcome.value : { resealed: 0, last: null }
}

async function resealRow(
  ctx: Context,
  tx: Transaction,
  { table, column, place, blindIndex }: SealedColumn,
  key: Key,
  row: Row,
): Promise<boolean> {
  const before = row[column] as string
  const at = place(row as never)
  let text: string
  try {
    text = ctx.vault.open(before, at)
  } catch (error) {
    ctx.log.error({ err: error, table: getTableName(table), column }, 'a sealed value cannot be opened')
    return false
  }
  const changes = {
    [column]: ctx.vault.seal(text, at),
    ...(blindIndex
      ? { [blindIndex.column]: ctx.vault.blindIndex(blindIndex.of?.(text) ?? text, blindIndex.purpose) }
      : {}),
  }
  const changed = await tx
    .update(table)
    .set(changes)
    .where(
      and(
        sql`${tuple(key.map(([, own]) => own))} = ${tuple(valuesOf(key, row))}`,
        // Whoever changed the value meanwhile has sealed it themselves, and theirs is the one to keep.
        sql`${columnOf(table, column)} = ${before}`,
      ),
    )
    .returning({ one: sql`1` })
  return changed.length > 0
}

/** Property → column, of the primary key. */
type Key = (readonly [string, PgColumn])[]

function primaryKey(table: PgTable): Key {
  const composite = new Set(
    getTableConfig(table).primaryKeys.flatMap(({ columns }) => columns.map(({ name }) => name)),
  )
  const key = Object.entries(getTableColumns(table)).filter(
    ([, column]) => column.primary || composite.has(column.name),
  )
  if (key.length === 0) throw new Error(`${getTableName(table)} has no primary key`)
  return key
}

const valuesOf = (key: Key, row: Row): SQL[] =>
  key.map(([name, column]) => sql`${sql.param(row[name], column)}`)

const tuple = (parts: readonly (PgColumn | SQL)[]): SQL =>
  sql`(${sql.join(
    parts.map((part) => sql`${part}`),
    sql`, `,
  )})`

function columnOf(table: PgTable, name: string): PgColumn {
  const column = getTableColumns(table)[name]
  if (!column) throw new Error(`${getTableName(table)} has no column ${name}`)
  return column
}
