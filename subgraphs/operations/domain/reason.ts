import type { Failure } from '@guildhall/kit/outcome'
import contract from '../contract.ts'

const reasonMax = 500

/** What is wrong with the reason of an act. */
export function reasonProblems(reason: string): Failure[] {
  const path = ['input', 'reason']
  if (reason.trim() === '') return [contract.failure('TOO_SHORT', 'Say why; it is kept.', path)]
  if (reason.length > reasonMax)
    return [contract.failure('TOO_LONG', `At most ${reasonMax} characters.`, path)]
  return []
}
