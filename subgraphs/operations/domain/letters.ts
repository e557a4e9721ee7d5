import { isId, uuidOf } from '@guildhall/kit/ids'
import type { Failure } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import { reasonProblems } from './reason.ts'

const idsMax = 100
const limitMax = 500

/** What domains know a dead letter by; null when the text is no id of one. */
export const letterUuid = (id: string): string | null => (isId('ded', id) ? uuidOf('ded', id) : null)

/** Which dead letters an operator means, and why. */
export interface LetterChoice {
  ids?: readonly string[] | null | undefined
  filter?: object | null | undefined
  limit: number
  reason: string
}

/** What is wrong with a choice. */
export function choiceProblems({ ids, filter, limit, reason }: LetterChoice): Failure[] {
  const problems = reasonProblems(reason)
  const invalid = (message: string, field: string) =>
    problems.push(contract.failure('INVALID_VALUE', message, ['input', field]))
  if ((ids == null) === (filter == null)) invalid('Say which: either "ids" or "filter".', 'ids')
  if (ids && (ids.length === 0 || ids.length > idsMax)) invalid(`Name 1 to ${idsMax} dead letters.`, 'ids')
  if (ids?.some((id) => letterUuid(id) === null)) invalid('Not all of these are ids of dead letters.', 'ids')
  if (limit < 1 || limit > limitMax) invalid(`Between 1 and ${limitMax}.`, 'limit')
  return problems
}
