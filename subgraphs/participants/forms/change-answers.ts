import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '@guildhall/kit/context'
import type { Failure } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import contract from '../contract.ts'
import type { GivenAnswer } from '../domain/answer-value.ts'
import { type CheckedAnswer, checkAnswers } from '../domain/answers.ts'
import { searchableText } from '../domain/searchable.ts'
import {
  type RegistrationFormRow,
  type RegistrationRow,
  registrationAnswers,
  registrations,
} from '../tables.ts'
import { swapAnswers } from './answers.ts'
import { fieldsOfForms } from './fields.ts'

/**
 * Answers a form anew, as a whole. Answers to what is asked no more, or at the door, stay. Event and form are locked.
 *
 * @returns whether anything is different now, or why it stays as it was.
 */
export async function changeAnswers(
  tx: Transaction,
  registration: RegistrationRow,
  form: RegistrationFormRow | null,
  given: readonly GivenAnswer[],
): Promise<boolean | Failure[]> {
  if (registration.answersDeletedAt) {
    return [contract.failure('MODIFICATION_CLOSED', 'The answers were deleted.', ['input', 'answers'])]
  }
  const fields = form ? await fieldsOfForms(tx, [form.id]) : []
  const { answers, problems } = checkAnswers(fields, given)
  if (problems.length > 0) return problems
  const asked = new Set(fields.flatMap((field) => (field.isAskedAtCheckIn ? [] : field.id)))
  const standing = (await answersOf(tx, registration.id)).filter(({ fieldId }) => asked.has(fieldId))
  if (isDeepStrictEqual(inOrder(answers), inOrder(standing))) return false
  const full = await swapAnswers(tx, registration.id, standing, answers)
  if (full.length > 0) return full
  await tx
    .update(registrations)
    .set({ searchText: searchableText(fields, answers) })
    .where(eq(registrations.id, registration.id))
  return true
}

const answersOf = (tx: Transaction, registrationId: string): Promise<CheckedAnswer[]> =>
  tx
    .select({
      fieldId: registrationAnswers.fieldId,
      fieldVersion: registrationAnswers.fieldVersion,
      value: registrationAnswers.value,
    })
    .from(registrationAnswers)
    .where(eq(registrationAnswers.registrationId, registrationId))

const inOrder = (answers: readonly CheckedAnswer[]) =>
  answers.toSorted((a, b) => a.fieldId.localeCompare(b.fieldId))
