import type { Failure } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import { normalizeEmail } from './email.ts'

const charactersMin = 12
const charactersMax = 128
/** Shorter names turn up in any text by accident. */
const identityMin = 4

/** NFKC, so that a password typed on another keyboard or system is the same password. */
export const normalizePassword = (password: string): string => password.normalize('NFKC')

/** Every reason why a password may not be chosen. */
export function passwordProblems(password: string, email: string, path = ['input', 'password']): Failure[] {
  const chosen = normalizePassword(password)
  const characters = Array.from(chosen).length
  const name = normalizeEmail(email).split('@')[0] ?? ''
  const problems: Failure[] = []
  if (characters < charactersMin) {
    problems.push(contract.failure('PASSWORD_TOO_SHORT', `At least ${charactersMin} characters.`, path))
  }
  if (characters > charactersMax) {
    problems.push(contract.failure('PASSWORD_TOO_LONG', `At most ${charactersMax} characters.`, path))
  }
  if (name.length >= identityMin && chosen.toLowerCase().includes(name)) {
    problems.push(
      contract.failure(
        'PASSWORD_CONTAINS_IDENTITY',
        'Must not contain the name in the e-mail address.',
        path,
      ),
    )
  }
  return problems
}
