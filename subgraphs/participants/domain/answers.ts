import type { Failure } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import { type AnswerValue, answerPath, type GivenAnswer, readAnswer } from './answer-value.ts'
import type { FieldCondition, FormFieldFacts } from './field-definition.ts'

/** An answer that keeps to the question in the version of now. */
export interface CheckedAnswer {
  fieldId: string
  fieldVersion: number
  value: AnswerValue
}

/** When questions are asked. */
export type Stage = 'REGISTRATION' | 'CHECK_IN'

/** More than any form has questions. */
const answersMax = 100

/**
 * Judges answers question by question, in order: a question is asked when its conditions hold for the answers before it.
 * Nothing is said of questions whose conditions depend on an answer that is wrong itself.
 *
 * @param fields all questions of the form that are asked now, in order.
 * @param before answers that were given at an earlier stage, by the id of their question.
 * @returns every problem at once, and the answers as they are kept.
 */
export function checkAnswers(
  fields: readonly FormFieldFacts[],
  given: readonly GivenAnswer[],
  stage: Stage = 'REGISTRATION',
  before: ReadonlyMap<string, AnswerValue> = new Map(),
): { answers: CheckedAnswer[]; problems: Failure[] } {
  if (given.length > answersMax) {
    return { answers: [], problems: [refusal('ANSWER_INVALID', `At most ${answersMax} answers.`, null)] }
  }
  const asked = fields.filter((field) => field.isAskedAtCheckIn === (stage === 'CHECK_IN'))
  const problems = misplaced(asked, given)
  const byField = new Map(given.map((answer) => [answer.fieldId, answer]))
  const values = new Map<string, AnswerValue>(before)
  const wrong = new Set(problems.flatMap(({ path }) => path[2] ?? []))
  const answers: CheckedAnswer[] = []
  for (const field of asked) {
    if (wrong.has(field.id)) continue
    if (field.showIf.some(({ fieldId }) => wrong.has(fieldId))) {
      wrong.add(field.id)
      continue
    }
    const verdict = judge(field, byField.get(field.id), isShown(field, values))
    if (verdict === null) continue
    if (typeof verdict === 'object' && 'code' in verdict) {
      problems.push(verdict)
      wrong.add(field.id)
    } else {
      values.set(field.id, verdict)
      answers.push({ fieldId: field.id, fieldVersion: field.version, value: verdict })
    }
  }
  return { answers, problems }
}

/** Whether a question is asked of somebody who has answered the ones before it so. */
export const isShown = (
  { showIf }: Pick<FormFieldFacts, 'showIf'>,
  values: ReadonlyMap<string, AnswerValue>,
): boolean => showIf.every((condition) => holds(condition, values.get(condition.fieldId)))

/** The value to keep, null for none, or what is wrong. */
function judge(
  field: FormFieldFacts,
  answer: GivenAnswer | undefined,
  isAsked: boolean,
): AnswerValue | Failure | null {
  if (!isAsked) {
    return answer
      ? refusal('ANSWER_INVALID', 'This question is not asked after these answers.', field.id)
      : null
  }
  if (answer?.fieldVersion != null && answer.fieldVersion !== field.version) {
    return refusal('FIELD_CHANGED', 'The question was changed meanwhile; read it again.', field.id)
  }
  const read = answer ? readAnswer(field, answer) : { value: null }
  if ('problem' in read) return refusal('ANSWER_INVALID', read.problem, field.id)
  if (read.value === null && field.isRequired) {
    return refusal('ANSWER_REQUIRED', 'This question must be answered.', field.id)
  }
  return read.value
}

/** Answers to what is not asked at all, and second answers to one question. */
function misplaced(asked: readonly FormFieldFacts[], given: readonly GivenAnswer[]): Failure[] {
  const known = new Set(asked.map(({ id }) => id))
  const seen = new Set<string>()
  return given.flatMap(({ fieldId }) => {
    const isAgain = seen.has(fieldId)
    seen.add(fieldId)
    if (!known.has(fieldId)) return refusal('ANSWER_INVALID', 'There is no such question.', fieldId)
    return isAgain ? refusal('ANSWER_INVALID', 'Answer each question once.', fieldId) : []
  })
}

function holds(condition: FieldCondition, value: AnswerValue | undefined): boolean {
  if (condition.isAnswered != null) return (value !== undefined) === condition.isAnswered
  if (value === undefined) return false
  const texts = Array.isArray(value) ? value : [String(value)]
  const wanted = condition.in ?? [condition.equals]
  return texts.some((text) => wanted.includes(text))
}

const refusal = (
  code: 'ANSWER_REQUIRED' | 'ANSWER_INVALID' | 'FIELD_CHANGED',
  message: string,
  fieldId: string | null,
): Failure => contract.failure(code, message, answerPath(fieldId))
