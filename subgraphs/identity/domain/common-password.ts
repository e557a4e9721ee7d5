import { dictionary } from '@zxcvbn-ts/language-common'

/** Shorter ones are part of anything. */
const wordMin = 4
/** A pattern of so few characters is no password, however often it is repeated. */
const patternMax = 4
/** From this share of foreseeable steps on, a password is a walk along the alphabet or the keyboard. */
const walkShare = 0.75

/** Rows of keys, as American, German and French keyboards have them. */
const rows = '1234567890 qwertyuiop asdfghjkl zxcvbnm qwertzuiop yxcvbnm azertyuiop qsdfghjklm wxcvbn'.split(
  ' ',
)
const neighbours = new Set(
  rows.flatMap((row) => {
    const steps = [...row].slice(1).map((key, index) => `${row[index]}${key}`)
    return [...steps, ...steps.map((step) => [...step].reverse().join(''))]
  }),
)

/** What people write for letters, in pairs; `1` stands for two. */
const leet: readonly Readonly<Record<string, string>>[] = ['i', 'l'].map((one) =>
  Object.fromEntries(
    `0o3e4a5s7t8b9g@a$s!i+t|l€e1${one}`.match(/../g)?.map(([sign, letter]) => [sign, letter]) ?? [],
  ),
)

let known: ReadonlySet<string> | undefined

/**
 * Whether a password is one of those that are tried first: a common one, also with digits and symbols around it, with
 * letters written as digits, or repeated; or nothing but a pattern.
 */
export function isCommonPassword(password: string): boolean {
  const typed = password.normalize('NFKC').toLowerCase()
  known ??= new Set(dictionary['passwords-common'].filter((word) => word.length >= wordMin))
  const once = withoutRepetition(typed)
  if (once.length <= patternMax || isWalk(once)) return true
  return [typed, once].flatMap(baseForms).some((form) => known?.has(form))
}

/** The words that may be behind it. */
function baseForms(text: string): string[] {
  const forms = [text, text.replace(afterWord, ''), trimmed(text), text.replace(/[^\p{L}\p{N}]/gu, '')]
  const asLetters = forms.flatMap((form) => leet.map((table) => translated(form, table)))
  return [...forms, ...asLetters, ...asLetters.map(trimmed)].map((form) => withoutRepetition(form))
}

/** Without the digits and symbols that are put before or after a word to please a rule. */
const trimmed = (text: string): string => text.replace(/^[^\p{L}]+/u, '').replace(afterWord, '')
const afterWord = /[^\p{L}]+$/u

const translated = (text: string, table: Readonly<Record<string, string>>): string =>
  Array.from(text, (character) => table[character] ?? character).join('')

/** The part that the text repeats from its beginning to its end; the text itself if there is none. */
function withoutRepetition(text: string): string {
  const characters = Array.from(text)
  for (let period = 1; period * 2 <= characters.length; period++) {
    if (characters.every((character, index) => character === characters[index % period])) {
      return characters.slice(0, period).join('')
    }
  }
  return text
}

/** `abcdefgh1234`, `qwertzuiop98`, `aaaabbbbcccc`. */
function isWalk(text: string): boolean {
  const characters = Array.from(text)
  const steps = characters.slice(1).filter((character, index) => {
    const before = characters[index] ?? ''
    const distance = (character.codePointAt(0) ?? 0) - (before.codePointAt(0) ?? 0)
    return Math.abs(distance) <= 1 || neighbours.has(before + character)
  })
  return steps.length >= (characters.length - 1) * walkShare
}
