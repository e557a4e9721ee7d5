import { BadUserInput } from '@guildhall/kit/errors'
import { and, asc, eq, gt } from 'drizzle-orm'
import { type Cell, csvLine, jsonLine } from '../domain/export-cells.ts'
import type { QueryRegistrationExportArgs } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { standing } from '../standing.ts'
import { type RegistrationRow, registrations } from '../tables.ts'
import { type AnswerColumns, answerColumns } from './answer-columns.ts'
import { matching } from './matching.ts'
import { namesOf } from './names-of.ts'

const pageMax = 5_000

/** A page of a file, as the type `RegistrationExportPage` shows it. */
export interface ExportPage {
  text: string
  rowCount: number
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

/**
 * A page of the registrations of an event as text, by number; null for an event that the caller does not see.
 *
 * @throws Forbidden for who does not manage them.
 */
export async function exportPage(
  ctx: Ctx,
  { eventId, format, filter, first, after }: QueryRegistrationExportArgs,
): Promise<ExportPage | null> {
  const size = first ?? 1_000
  if (size < 1 || size > pageMax) throw new BadUserInput(`"first" must be between 1 and ${pageMax}.`)
  const event = await ctx.loaders.eventSeats.load(eventId)
  if (!event) return null
  await standing.require(ctx, 'participants:manage', event)
  const behind = after == null ? 0 : numberBehind(after)
  const read = await ctx.db
    .select()
    .from(registrations)
    .where(
      and(eq(registrations.eventId, eventId), gt(registrations.number, behind), matching(filter ?? null)),
    )
    .orderBy(asc(registrations.number))
    .limit(size + 1)
  const rows = read.slice(0, size)
  const [names, answers] = await Promise.all([namesOf(ctx, rows), answerColumns(ctx, eventId, rows)])
  const columns = [...fixedColumns, ...answers.names]
  const lines = rows.map((row) => cellsOf(row, names.get(row.userId) ?? null, answers))
  const text =
    format === 'CSV'
      ? [...(after == null ? [columns] : []), ...lines].map(csvLine)
      : lines.map((cells) => jsonLine(columns, cells))
  const last = rows.at(-1)
  return {
    text: text.join(''),
    rowCount: rows.length,
    pageInfo: {
      hasNextPage: read.length > size,
      endCursor: last ? Buffer.from(`number ${last.number}`).toString('base64url') : null,
    },
  }
}

const fixedColumns = [
  'number',
  'id',
  'status',
  'category',
  'partySize',
  'name',
  'userId',
  'message',
  'tags',
  'createdAt',
  'updatedAt',
  'waitlistedAt',
  'offerExpiresAt',
  'rejectionReason',
]

const cellsOf = (row: RegistrationRow, name: string | null, answers: AnswerColumns): Cell[] => [
  row.number,
  row.id,
  row.status,
  row.category,
  row.partySize,
  name,
  row.userId,
  row.message,
  row.tags,
  row.createdAt,
  row.updatedAt,
  row.waitlistedAt,
  row.offerExpiresAt,
  row.rejectionReason,
  ...answers.cellsOf(row),
]

function numberBehind(cursor: string): number {
  const number = /^number (\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (number === undefined)
    throw new BadUserInput('This cursor does not belong to this list; start again without "after".')
  return Number(number)
}
