// The two notations of a uuid that TypeIDs go between. Written out because every id of every row passes here: five times
// as fast as the library of TypeIDs, which a test holds it to.

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const letterCodes = Uint8Array.from(alphabet, (letter) => letter.charCodeAt(0))

/** Character code → what it stands for. */
const valuesOf = (letters: string): Uint8Array => {
  const values = new Uint8Array(128)
  for (const [value, letter] of [...letters].entries()) values[letter.charCodeAt(0)] = value
  return values
}
const hexValues = valuesOf('0123456789abcdef')
const base32Values = valuesOf(alphabet)

const at = (values: Uint8Array, text: string, index: number): number => values[text.charCodeAt(index)] ?? 0

/** Twenty bits: five hexadecimal digits or four letters of base32. */
const five = (uuid: string, a: number, b: number, c: number, d: number, e: number): number =>
  (at(hexValues, uuid, a) << 16) |
  (at(hexValues, uuid, b) << 12) |
  (at(hexValues, uuid, c) << 8) |
  (at(hexValues, uuid, d) << 4) |
  at(hexValues, uuid, e)

const letter = (bits: number): number => letterCodes[bits & 31] ?? 0

/** The 26 letters of a uuid in the notation of PostgreSQL: small letters, with dashes. */
export function base32OfUuid(uuid: string): string {
  const head = (at(hexValues, uuid, 0) << 4) | at(hexValues, uuid, 1)
  // Positions jump over the dashes at 8, 13, 18 and 23.
  const a = five(uuid, 2, 3, 4, 5, 6)
  const b = five(uuid, 7, 9, 10, 11, 12)
  const c = five(uuid, 14, 15, 16, 17, 19)
  const d = five(uuid, 20, 21, 22, 24, 25)
  const e = five(uuid, 26, 27, 28, 29, 30)
  const f = five(uuid, 31, 32, 33, 34, 35)
  // biome-ignore format: four letters a line, as the bits fall
  return String.fromCharCode(
    letter(head >> 5), letter(head),
    letter(a >> 15), letter(a >> 10), letter(a >> 5), letter(a),
    letter(b >> 15), letter(b >> 10), letter(b >> 5), letter(b),
    letter(c >> 15), letter(c >> 10), letter(c >> 5), letter(c),
    letter(d >> 15), letter(d >> 10), letter(d >> 5), letter(d),
    letter(e >> 15), letter(e >> 10), letter(e >> 5), letter(e),
    letter(f >> 15), letter(f >> 10), letter(f >> 5), letter(f),
  )
}

/** The uuid of 26 letters that are known to be one. */
export function uuidOfBase32(letters: string): string {
  const head = (at(base32Values, letters, 0) << 5) | at(base32Values, letters, 1)
  let hex = (head | 0x100).toString(16).slice(1)
  for (let index = 2; index < 26; index += 4) {
    const bits =
      (at(base32Values, letters, index) << 15) |
      (at(base32Values, letters, index + 1) << 10) |
      (at(base32Values, letters, index + 2) << 5) |
      at(base32Values, letters, index + 3)
    hex += (bits | 0x100000).toString(16).slice(1)
  }
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
