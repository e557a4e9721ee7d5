import { randomBytes } from 'node:crypto'
import { hashOf } from './refresh-token.ts'

/** How many are made when nobody says otherwise. */
export const recoveryCodesMade = 10

/** Letters and digits that nobody mistakes for one another (Crockford). */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const characters = 16
const groups = /.{4}(?=.)/g

/** A code of 80 random bits, written in groups of four so that it can be copied from paper. */
export function newRecoveryCode(): string {
  const code = Array.from(randomBytes(characters), (byte) => alphabet[byte % alphabet.length]).join('')
  return code.replace(groups, '$&-')
}

/** What is stored of a code, whichever way it was typed. */
export const recoveryCodeHash = (code: string): string =>
  hashOf(code.toLowerCase().replace(/[\s-]/g, '').replace(/o/g, '0').replace(/[il]/g, '1'))
