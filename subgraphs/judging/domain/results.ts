import type { JudgingRoundRow } from '../tables.ts'
import { type Ranked, type RankKey, rank, type TieBreak } from './ranking.ts'

/** A project that may get a place. */
export interface Candidate {
  id: string
  trackIds: readonly string[]
}

/** What the scores of a project come to. */
export interface Tally {
  /** Null: nobody judged it. */
  rawScore: number | null
  normalizedScore: number | null
  /** The mean of the criterion with the most weight, from 0 to 1. */
  topCriterion: number
  firstPlaceCount: number
  countedCount: number
  excludedCount: number
}

export interface ResultDraft extends Omit<Tally, 'topCriterion'> {
  judgedProjectId: string
  trackId: string | null
  rank: number
  place: number | null
  tieBreak: TieBreak
  isFinalist: boolean
}

type Rules = Pick<JudgingRoundRow, 'rankedBy' | 'tieRule' | 'advancesCount'>

interface Entry extends Candidate {
  tally: Tally
}

/**
 * Places over all and within each track. Who has no place comes last. Whoever shares the last place of the finalists is a
 * finalist, too.
 */
export function resultsOf(
  candidates: readonly Candidate[],
  tallies: ReadonlyMap<string, Tally>,
  rules: Rules,
): ResultDraft[] {
  const entries = candidates.map((candidate) => ({
    ...candidate,
    tally: tallies.get(candidate.id) ?? nothing,
  }))
  const tracks = [...new Set(candidates.flatMap(({ trackIds }) => trackIds))].sort()
  const overall = listOf(entries, null, rules, new Set())
  const finalists = new Set(
    overall
      .filter(({ place }) => place !== null && rules.advancesCount !== null && place <= rules.advancesCount)
      .map(({ judgedProjectId }) => judgedProjectId),
  )
  return [null, ...tracks].flatMap((trackId) =>
    listOf(
      trackId === null ? entries : entries.filter(({ trackIds }) => trackIds.includes(trackId)),
      trackId,
      rules,
      finalists,
    ),
  )
}

const nothing: Tally = {
  rawScore: null,
  normalizedScore: null,
  topCriterion: 0,
  firstPlaceCount: 0,
  countedCount: 0,
  excludedCount: 0,
}

function listOf(
  entries: readonly Entry[],
  trackId: string | null,
  rules: Rules,
  finalists: ReadonlySet<string>,
): ResultDraft[] {
  const judged = entries.filter(({ tally }) => tally.rawScore !== null)
  const unjudged = entries.filter(({ tally }) => tally.rawScore === null).sort(byId)
  const ranked: (Omit<Ranked<Entry>, 'place'> & { place: number | null })[] = [
    ...rank(judged, keysOf(rules), ({ id }) => id),
    ...unjudged.map((entry, index) => ({
      entry,
      rank: judged.length + index + 1,
      place: null,
      tieBreak: 'NONE' as const,
    })),
  ]
  return ranked.map(({ entry: { id, tally }, ...standing }) => {
    const { topCriterion: _, ...told } = tally
    return { ...told, ...standing, judgedProjectId: id, trackId, isFinalist: finalists.has(id) }
  })
}

/** The chain by which results are told apart; with SHARE the first total alone. */
function keysOf({ rankedBy, tieRule }: Rules): RankKey<Entry>[] {
  const normalized: RankKey<Entry> = {
    tieBreak: 'NORMALIZED_TOTAL',
    value: ({ tally }) => tally.normalizedScore ?? 0,
  }
  const raw: RankKey<Entry> = { tieBreak: 'RAW_TOTAL', value: ({ tally }) => tally.rawScore ?? 0 }
  const [first, second] = rankedBy === 'NORMALIZED' ? [normalized, raw] : [raw, normalized]
  if (tieRule === 'SHARE') return [first]
  return [
    first,
    second,
    { tieBreak: 'TOP_CRITERION', value: ({ tally }) => tally.topCriterion },
    { tieBreak: 'FIRST_PLACES', value: ({ tally }) => tally.firstPlaceCount },
  ]
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)
