import type { JudgingResultRow } from '../tables.ts'

export type TieBreak = JudgingResultRow['tieBreak']

/** By what results are compared, one after the other: more is better. */
export interface RankKey<Entry> {
  /** What is said of results that only this key separates. */
  tieBreak: TieBreak
  value(entry: Entry): number
}

export interface Ranked<Entry> {
  entry: Entry
  rank: number
  place: number
  tieBreak: TieBreak
}

/**
 * Orders entries by the first key, then the next where it leaves them equal; what no key separates shares its place, and
 * the places after it are left out (1, 1, 3). Of each entry it is said which key was needed to tell it from its neighbours.
 *
 * @param idOf makes the order of equal ones the same every time.
 */
export function rank<Entry>(
  entries: readonly Entry[],
  keys: readonly RankKey<Entry>[],
  idOf: (entry: Entry) => string,
): Ranked<Entry>[] {
  const sorted = [...entries].sort((a, b) => {
    const key = separatorOf(a, b, keys)
    return key ? rounded(key.value(b)) - rounded(key.value(a)) : idOf(a) < idOf(b) ? -1 : 1
  })
  const depthBetween = (a: Entry | undefined, b: Entry | undefined): number => {
    if (a === undefined || b === undefined) return 0
    const key = separatorOf(a, b, keys)
    return key ? keys.indexOf(key) : keys.length
  }
  let place = 0
  return sorted.map((entry, index) => {
    const above = depthBetween(sorted[index - 1], entry)
    const below = depthBetween(entry, sorted[index + 1])
    if (index === 0 || above < keys.length) place = index + 1
    const depth = Math.max(above, below)
    const tieBreak = depth === 0 ? 'NONE' : (keys[depth]?.tieBreak ?? 'TIED')
    return { entry, rank: index + 1, place, tieBreak }
  })
}

const separatorOf = <Entry>(a: Entry, b: Entry, keys: readonly RankKey<Entry>[]) =>
  keys.find(({ value }) => rounded(value(a)) !== rounded(value(b)))

/** What differs less than this is equal: sums of fractions are not exact. */
const rounded = (value: number): number => Math.round(value * 1e9)
