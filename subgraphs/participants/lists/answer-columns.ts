import type { Cell } from '../domain/export-cells.ts'
import type { Ctx } from '../loaders.ts'
import type { RegistrationRow } from '../tables.ts'

/** Columns of an export for what was asked, the same on every page, and what each registration has there. */
export interface AnswerColumns {
  names: readonly string[]
  cellsOf(registration: RegistrationRow): readonly Cell[]
}

/** Answers of the registrations on a page to the questions that the event's forms ask now. For those who may see all. */
export async function answerColumns(
  ctx: Ctx,
  eventId: string,
  rows: readonly RegistrationRow[],
): Promise<AnswerColumns> {
  const forms = await ctx.loaders.formsOfEvent.load(eventId)
  const asked = await Promise.all(
    forms.map(async (form) =>
      (await ctx.loaders.fieldsOfForm.load(form.id)).map((field) => ({
        id: field.id,
        name: form.isDefault ? `answers.${field.key}` : `answers.${form.id}.${field.key}`,
      })),
    ),
  )
  const columns = asked.flat()
  if (columns.length === 0) return { names: [], cellsOf: () => [] }
  const answered = await Promise.all(rows.map(({ id }) => ctx.loaders.answersOf.load(id)))
  const found = new Map(
    answered.flat().map(({ registrationId, fieldId, value }) => [`${registrationId} ${fieldId}`, value]),
  )
  return {
    names: columns.map(({ name }) => name),
    cellsOf: (row) => columns.map(({ id }) => found.get(`${row.id} ${id}`) ?? null),
  }
}
