import { strengthsOf } from './bradley-terry.ts'
import type { Tally } from './results.ts'

/** A vote as it was cast. */
export interface CountedVote {
  winnerId: string
  loserId: string
  isExcluded: boolean
}

/** What the votes of a round come to, project by project; the order in which they are given does not matter. */
export function pairwiseTallies(votes: readonly CountedVote[]): Map<string, Tally> {
  const counted = votes.filter(({ isExcluded }) => !isExcluded)
  const strengths = strengthsOf(counted)
  const ids = new Set(votes.flatMap(({ winnerId, loserId }) => [winnerId, loserId]))
  return new Map(
    [...ids].map((id) => {
      const wins = counted.filter(({ winnerId }) => winnerId === id).length
      const countedCount = wins + counted.filter(({ loserId }) => loserId === id).length
      const all = votes.filter(({ winnerId, loserId }) => winnerId === id || loserId === id).length
      return [
        id,
        {
          rawScore: countedCount === 0 ? null : (100 * wins) / countedCount,
          normalizedScore: strengths.get(id) ?? null,
          topCriterion: 0,
          firstPlaceCount: 0,
          countedCount,
          excludedCount: all - countedCount,
        },
      ]
    }),
  )
}
