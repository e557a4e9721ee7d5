import type { Failure } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import { isCommonPassword } from './common-password.ts'
import { normalizeEmail } from './email.ts'

const charactersMin = 12
const charactersMax = 128
/** Shorter names turn up in any text by accident. */
const identityMin = 4

/** So many passwords of a person, the present one included, do not come back. */
export const rememberedPasswords = 5

/** NFKC, so that a password typed on another keyboard or system is the same password. */
export const normalizePassword = (password: string): string => password.normalize('NFKC')

/** Whose password it is to be. */
export interface Bearer {
  email: string
  displayName: string
}

/** Every reason why nobody, or this person, may choose a password, as far as it can be told without looking anything up. */
export function passwordProblems(password: string, bearer: Bearer, path = ['input', 'password']): Failure[] {
  const chosen = normalizePassword(password)
  const characters = Array.from(chosen).length
  const problems: Failure[] = []
  if (characters < charactersMin) {
    problems.push(contract.failure('PASSWORD_TOO_SHORT', `At least ${charactersMin} characters.`, path))
  }
  if (characters > charactersMax) {
    problems.push(contract.failure('PASSWORD_TOO_LONG', `At most ${charactersMax} characters.`, path))
  }
  if (namesOf(bearer).some((name) => squeezed(chosen).includes(name))) {
    problems.push(
      contract.failure(
        'PASSWORD_CONTAINS_IDENTITY',
        'Must not contain your name, nor the name in your e-mail address.',
        path,
      ),
    )
  }
  // A short one is refused anyway, and a very long one must not cost the search.
  if (problems.length === 0 && isCommonPassword(chosen)) problems.push(breached(path))
  return problems
}

export const breached = (path: string[]): Failure =>
  contract.failure(
    'PASSWORD_BREACHED',
    'This password is among those that are tried first; choose another one.',
    path,
  )

/** What stands for the person in a password. */
const namesOf = ({ email, displayName }: Bearer): string[] =>
  [normalizeEmail(email).split('@')[0] ?? '', displayName.normalize('NFKC')]
    .map(squeezed)
    .filter((name) => name.length >= identityMin)

/** Letters and digits alone, so that `Ada.Lovelace` is found in `ada lovelace 1815`. */
const squeezed = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
