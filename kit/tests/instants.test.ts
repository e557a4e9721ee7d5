import { expect, it } from 'vitest'
import { instantOf, isoOf } from '../instants.ts'

const instants = Array.from({ length: 2_000 }, (_, n) => new Date(-3e12 + n * 7_654_321_987))

it.each([
  ['the epoch', 0],
  ['the end of a leap day', Date.UTC(2028, 1, 29, 23, 59, 59, 999)],
  ['the year 33', Date.UTC(2033, 0, 1) - 2_000 * 365.2425 * 86_400_000],
  ['the last millisecond of four digits', Date.UTC(9999, 11, 31, 23, 59, 59, 999)],
  ['the first of five', Date.UTC(10_000, 0, 1)],
  ['the year before the first', Date.UTC(-1, 5, 1)],
])('writes %s as JavaScript does', (_, millis) => {
  expect(isoOf(new Date(millis))).toBe(new Date(millis).toISOString())
})

it('writes instants of two centuries as JavaScript does, and nothing for what is none', () => {
  expect(instants.map(isoOf)).toEqual(instants.map((one) => one.toISOString()))
  expect(() => isoOf(new Date(Number.NaN))).toThrow(RangeError)
})

it('reads what PostgreSQL writes, with a fraction of any length', () => {
  for (const one of instants) {
    const text = one.toISOString().replace('T', ' ').slice(0, -1)
    for (const written of [`${text}+00`, `${text.replace(/\.?0+$/, '')}+00`])
      expect(instantOf(written)).toEqual(new Date(written))
  }
})

it.each([
  '2026-03-01 09:30:00+00',
  '2026-03-01 09:30:00.5+00',
  '2026-03-01 09:30:00.123456+00',
  '2026-03-01 09:30:00.12+05:30',
  '2026-03-01 09:30:00-08',
  '0044-03-15 12:00:00+00',
])('leaves %s to JavaScript, or agrees with it', (text) => {
  expect(instantOf(text)).toEqual(new Date(text))
})
