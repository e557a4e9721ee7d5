import { anyOf } from '@guildhall/kit/any-of'
import type { Transaction } from '@guildhall/kit/context'
import { insertRows } from '@guildhall/kit/insert-rows'
import type { Failure } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import contract from '../contract.ts'
import { answerPath } from '../domain/answer-value.ts'
import type { CheckedAnswer } from '../domain/answers.ts'
import { type RegistrationRow, registrationAnswers } from '../tables.ts'
import { type Choice, choicesOf, giveChoicesBack, takeChoices, takeForm, without } from './places.ts'

/** Keeps the first answers of a registration, and takes the places of what was chosen. */
export async function keepAnswers(
  tx: Transaction,
  registrationId: string,
  answers: readonly CheckedAnswer[],
): Promise<Failure[]> {
  if (answers.length === 0) return []
  const full = await takeChoices(tx, choicesOf(answers))
  if (full.length > 0) return full.map(choiceFull)
  await insertAnswers(tx, registrationId, answers)
  return []
}

/**
 * Puts new answers in the place of others. What was chosen and is so no more is given back before anything is taken, in
 * one transaction: when something is full, all is as it was.
 *
 * @param standing the answers so far to the questions that are asked again.
 */
export async function swapAnswers(
  tx: Transaction,
  registrationId: string,
  standing: readonly Pick<CheckedAnswer, 'fieldId' | 'value'>[],
  answers: readonly CheckedAnswer[],
): Promise<Failure[]> {
  const [before, after] = [choicesOf(standing), choicesOf(answers)]
  await giveChoicesBack(tx, without(before, after))
  const full = await takeChoices(tx, without(after, before))
  if (full.length > 0) return full.map(choiceFull)
  await tx.delete(registrationAnswers).where(
    and(
      eq(registrationAnswers.registrationId, registrationId),
      anyOf(
        registrationAnswers.fieldId,
        standing.map(({ fieldId }) => fieldId),
      ),
    ),
  )
  await insertAnswers(tx, registrationId, answers)
  return []
}

/** Takes the places again that went when the registration ended. @returns what is full by now. */
export async function retakePlaces(
  tx: Transaction,
  { id, formId }: Pick<RegistrationRow, 'id' | 'formId'>,
): Promise<Failure[]> {
  if (formId === null) return []
  if (!(await takeForm(tx, formId))) {
    return [contract.failure('FORM_FULL', 'All places of its form are taken.', ['input', 'id'])]
  }
  const answers = await tx
    .select()
    .from(registrationAnswers)
    .where(eq(registrationAnswers.registrationId, id))
  const full = await takeChoices(tx, choicesOf(answers))
  return full.map(({ value }) =>
    contract.failure('CHOICE_FULL', `All places of "${value}" are taken.`, ['input', 'id']),
  )
}

const insertAnswers = async (tx: Transaction, registrationId: string, answers: readonly CheckedAnswer[]) => {
  if (answers.length === 0) return
  await tx.execute(
    insertRows(
      registrationAnswers,
      answers.map((answer) => ({ registrationId, ...answer })),
    ),
  )
}

const choiceFull = ({ fieldId, value }: Choice): Failure =>
  contract.failure('CHOICE_FULL', `All places of "${value}" are taken.`, answerPath(fieldId))
