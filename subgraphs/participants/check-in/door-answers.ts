import type { Transaction } from '@guildhall/kit/context'
import type { Failure } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { GivenAnswer } from '../domain/answer-value.ts'
import { type CheckedAnswer, checkAnswers } from '../domain/answers.ts'
import type { FormFieldFacts } from '../domain/field-definition.ts'
import { ticketHashOf } from '../domain/ticket-secret.ts'
import { swapAnswers } from '../forms/answers.ts'
import { fieldsOfForms } from '../forms/fields.ts'
import type { CheckInRow, RegistrationRow } from '../tables.ts'
import type { AnswersSoFar } from './read-scans.ts'

interface Asking {
  secret: string
  nonce: string
  isOffline: boolean
  answers: readonly GivenAnswer[]
}

interface Asked {
  registration: Pick<RegistrationRow, 'id' | 'formId' | 'answersDeletedAt'>
  answersSoFar: AnswersSoFar | null
}

/** What a scan leaves of the questions that are asked at the door. */
export interface AskedAtDoor {
  registrationId: string
  isComplete: boolean
  /** To be kept, in place of those that `replaced` says. */
  answers: CheckedAnswer[]
  replaced: Pick<CheckedAnswer, 'fieldId' | 'value'>[]
  problems: Failure[]
}

/**
 * What was asked with each scan, by its nonce; scans of tickets of which nothing is asked are left out. One statement, and
 * none where no form asks anything at the door. A device that was offline knew of no questions: nothing is open there.
 */
export async function askAtDoor(
  tx: Transaction,
  scans: readonly Asking[],
  shown: ReadonlyMap<string, Asked>,
): Promise<Map<string, AskedAtDoor>> {
  const asking = scans.flatMap((scan) => {
    const ticket = shown.get(ticketHashOf(scan.secret))
    const isAsked = scan.answers.length > 0 || (ticket?.answersSoFar && !scan.isOffline)
    return ticket && isAsked ? { scan, ticket } : []
  })
  const formIds = asking.flatMap(({ ticket: { answersSoFar, registration } }) =>
    answersSoFar && registration.formId ? registration.formId : [],
  )
  const fields = formIds.length > 0 ? await fieldsOfForms(tx, [...new Set(formIds)]) : []
  return new Map(
    asking.map(({ scan, ticket }) => {
      const own = fields.filter(({ formId }) => formId === ticket.registration.formId)
      return [scan.nonce, judgeAnswers(own, scan, ticket)]
    }),
  )
}

/** Keeps what was answered to who is let in, or would be once all is answered. @returns why nothing is kept. */
export async function keepDoorAnswers(
  tx: Transaction,
  rows: readonly CheckInRow[],
  asked: ReadonlyMap<string, AskedAtDoor>,
): Promise<Failure[]> {
  const kept = rows
    .filter(({ refusal }) => refusal === null || refusal === 'INCOMPLETE')
    .flatMap(({ nonce }) => asked.get(nonce) ?? [])
  const problems = kept.flatMap((one) => one.problems)
  if (problems.length > 0) return problems
  for (const { registrationId, replaced, answers } of kept) {
    if (replaced.length === 0 && answers.length === 0) continue
    const full = await swapAnswers(tx, registrationId, replaced, answers)
    if (full.length > 0) return full
  }
  return []
}

/** What was answered before and is not answered anew is not asked again. */
function judgeAnswers(
  fields: readonly FormFieldFacts[],
  { answers: given, isOffline }: Asking,
  { registration, answersSoFar }: Asked,
): AskedAtDoor {
  const registrationId = registration.id
  const nothing = { registrationId, isComplete: true, answers: [], replaced: [], problems: [] }
  if (registration.answersDeletedAt) return { ...nothing, problems: given.length > 0 ? [deleted()] : [] }
  const givenAnew = new Set(given.map(({ fieldId }) => fieldId))
  const soFar = [...(answersSoFar ?? [])]
  const standing = new Map(soFar.filter(([fieldId]) => !givenAnew.has(fieldId)))
  const open = fields.filter((field) => !field.isAskedAtCheckIn || !standing.has(field.id))
  const { answers, problems } = checkAnswers(open, given, 'CHECK_IN', standing)
  const isMissing = ({ code }: Failure) => code === 'ANSWER_REQUIRED'
  return {
    registrationId,
    isComplete: isOffline || !problems.some(isMissing),
    answers,
    replaced: soFar.flatMap(([fieldId, value]) => (givenAnew.has(fieldId) ? { fieldId, value } : [])),
    problems: problems.filter((problem) => !isMissing(problem)),
  }
}

const deleted = (): Failure =>
  contract.failure('MODIFICATION_CLOSED', 'The answers were deleted.', ['input', 'answers'])
