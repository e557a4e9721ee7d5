import type { Cell } from '../domain/export-cells.ts'
import type { Ctx } from '../loaders.ts'
import type { RegistrationRow } from '../tables.ts'

/** Columns of an export for what was asked, the same on every page, and what each registration has there. */
export interface AnswerColumns {
  names: readonly string[]
  cellsOf(registration: RegistrationRow): readonly Cell[]
}

/** Answers of the registrations on a page. */
export const answerColumns = async (
  _ctx: Ctx,
  _eventId: string,
  _rows: readonly RegistrationRow[],
): Promise<AnswerColumns> => ({ names: [], cellsOf: () => [] })
