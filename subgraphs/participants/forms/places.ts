import type { Transaction } from '@guildhall/kit/context'
import { and, eq, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { AnswerValue } from '../domain/answer-value.ts'
import type { CheckedAnswer } from '../domain/answers.ts'
import { liveStatuses, type RegistrationStatus } from '../domain/registration-status.ts'
import {
  formChoices,
  type RegistrationFormRow,
  type RegistrationRow,
  registrationAnswers,
  registrationForms,
} from '../tables.ts'
import { uuids } from './uuids.ts'

/** One place of one choice. */
export interface Choice {
  fieldId: string
  value: string
}

/** Takes a place of a form. @returns the form as it is now, or null when it is full or out of use. */
export async function takeForm(tx: Transaction, formId: string): Promise<RegistrationFormRow | null> {
  const fits = or(isNull(registrationForms.capacity), lt(registrationForms.taken, registrationForms.capacity))
  const [form] = await tx
    .update(registrationForms)
    .set({ taken: sql`${registrationForms.taken} + 1` })
    .where(and(eq(registrationForms.id, formId), isNull(registrationForms.archivedAt), fits))
    .returning()
  return form ?? null
}

/** Takes one place of each choice, as far as there are any. @returns the choices that are full. */
export async function takeChoices(tx: Transaction, choices: readonly Choice[]): Promise<Choice[]> {
  if (choices.length === 0) return []
  const fits = or(isNull(formChoices.places), lt(formChoices.taken, formChoices.places))
  const taken = await tx
    .update(formChoices)
    .set({ taken: sql`${formChoices.taken} + 1` })
    .where(and(amongst(choices), fits))
    .returning({ fieldId: formChoices.fieldId, value: formChoices.value })
  return without(choices, taken)
}

/** Gives one place of each choice back. */
export async function giveChoicesBack(tx: Transaction, choices: readonly Choice[]): Promise<void> {
  if (choices.length === 0) return
  await tx
    .update(formChoices)
    .set({ taken: sql`${formChoices.taken} - 1` })
    .where(amongst(choices))
}

/** The choices that answers take places of. */
export const choicesOf = (answers: readonly Pick<CheckedAnswer, 'fieldId' | 'value'>[]): Choice[] =>
  answers.flatMap(({ fieldId, value }: { fieldId: string; value: AnswerValue }) =>
    Array.isArray(value) ? value.map((chosen) => ({ fieldId, value: chosen })) : [],
  )

/** Those of the first that are not among the second. */
export function without(choices: readonly Choice[], others: readonly Choice[]): Choice[] {
  const known = new Set(others.map(keyOf))
  return choices.filter((choice) => !known.has(keyOf(choice)))
}

/**
 * Places go with the registrations that end: those of their forms, and those of the choices in their answers. Their
 * event is locked, so nobody else frees or takes places of these forms.
 */
export async function releasePlaces(
  tx: Transaction,
  rows: readonly RegistrationRow[],
  to: RegistrationStatus,
): Promise<void> {
  const from = rows[0]?.status
  const formed = rows.filter((row) => row.formId !== null)
  if (!from || formed.length === 0 || !liveStatuses.includes(from) || liveStatuses.includes(to)) return
  const perForm = Map.groupBy(formed, (row) => row.formId)
  for (const [formId, leaving] of [...perForm].sort()) {
    await tx
      .update(registrationForms)
      .set({ taken: sql`${registrationForms.taken} - ${leaving.length}::int` })
      .where(eq(registrationForms.id, formId ?? ''))
  }
  const ids = uuids(
    registrationAnswers.registrationId,
    formed.map(({ id }) => id),
  )
  await tx.execute(sql`
    update ${formChoices} as choice set taken = choice.taken - freed.places
    from (
      select answer.field_id, chosen.value, count(*)::int as places
      from ${registrationAnswers} as answer
      cross join lateral jsonb_array_elements_text(
        case jsonb_typeof(answer.value) when 'array' then answer.value else '[]' end
      ) as chosen(value)
      where answer.registration_id = any(${ids}::uuid[])
      group by answer.field_id, chosen.value
    ) as freed
    where choice.field_id = freed.field_id and choice.value = freed.value`)
}

/** Pairs, as a list of values for each question. */
function amongst(choices: readonly Choice[]): SQL | undefined {
  const perField = Map.groupBy(choices, ({ fieldId }) => fieldId)
  return or(
    ...[...perField].map(([fieldId, chosen]) =>
      and(
        eq(formChoices.fieldId, fieldId),
        inArray(
          formChoices.value,
          chosen.map(({ value }) => value),
        ),
      ),
    ),
  )
}

const keyOf = ({ fieldId, value }: Choice): string => `${fieldId} ${value}`
