/** Crockford's: nothing in it looks like something else in it. */
const signs = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Signs of a code, 5 bits each. */
export const joinCodeLength = 10

/** A code of so many random bytes, of which each gives a sign. */
export const joinCodeOf = (random: Uint8Array): string =>
  Array.from(random.subarray(0, joinCodeLength), (byte) => signs.charAt(byte & 31)).join('')

/** What somebody has typed, as codes are kept; null when it cannot be one. */
export function readJoinCode(typed: string): string | null {
  const code = typed.replaceAll(/[\s-]/g, '').toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  return /^[0-9A-HJKMNP-TV-Z]{10}$/.test(code) ? code : null
}

/** In halves, as one reads it out. */
export const shownJoinCode = (code: string): string => `${code.slice(0, 5)}-${code.slice(5)}`
