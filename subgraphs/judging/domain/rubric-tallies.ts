import type { JudgingCriterionRow } from '../tables.ts'
import { meanOf, standardScores } from './normalize.ts'
import type { Tally } from './results.ts'
import { type GivenScore, shareOf, totalOf } from './sheet.ts'

/** A final sheet. */
export interface FinalSheet {
  id: string
  judgedProjectId: string
  judgeId: string
  isExcluded: boolean
  scores: readonly GivenScore[]
}

/** What the final sheets of a round come to, project by project; the order in which they are given does not matter. */
export function rubricTallies(
  criteria: readonly JudgingCriterionRow[],
  sheets: readonly FinalSheet[],
): Map<string, Tally> {
  const ordered = [...sheets].sort((a, b) => (a.id < b.id ? -1 : 1))
  const counted = ordered.flatMap((sheet) => {
    const total = sheet.isExcluded ? null : totalOf(criteria, sheet.scores)
    return total === null ? [] : [{ ...sheet, total }]
  })
  const standard = standardScores(counted)
  const normalized = new Map(counted.map(({ id }, index) => [id, standard[index] ?? 0]))
  const firsts = firstPlaces(counted)
  const top = heaviest(criteria)
  const byProject = Map.groupBy(counted, ({ judgedProjectId }) => judgedProjectId)
  const excluded = Map.groupBy(
    ordered.filter(({ isExcluded }) => isExcluded),
    ({ judgedProjectId }) => judgedProjectId,
  )
  const projectIds = new Set([...byProject.keys(), ...excluded.keys()])
  return new Map(
    [...projectIds].map((projectId) => {
      const own = byProject.get(projectId) ?? []
      const topScores = own.flatMap(({ scores }) =>
        scores.filter(({ criterionId }) => criterionId === top?.id).map(({ value }) => value),
      )
      return [
        projectId,
        {
          rawScore: own.length === 0 ? null : meanOf(own.map(({ total }) => total)),
          normalizedScore: own.length === 0 ? null : meanOf(own.map(({ id }) => normalized.get(id) ?? 0)),
          topCriterion: top && topScores.length > 0 ? shareOf(top, meanOf(topScores)) : 0,
          firstPlaceCount: firsts.get(projectId) ?? 0,
          countedCount: own.length,
          excludedCount: excluded.get(projectId)?.length ?? 0,
        },
      ]
    }),
  )
}

/** With how many judges each project came first, alone or with others; a judge of one project prefers none. */
function firstPlaces(
  sheets: readonly { judgedProjectId: string; judgeId: string; total: number }[],
): Map<string, number> {
  const counts = new Map<string, number>()
  for (const theirs of Map.groupBy(sheets, ({ judgeId }) => judgeId).values()) {
    if (theirs.length < 2) continue
    const best = Math.max(...theirs.map(({ total }) => total))
    for (const { judgedProjectId, total } of theirs) {
      if (total === best) counts.set(judgedProjectId, (counts.get(judgedProjectId) ?? 0) + 1)
    }
  }
  return counts
}

/** The criterion with the most weight; of equal ones the first. */
const heaviest = (criteria: readonly JudgingCriterionRow[]): JudgingCriterionRow | undefined =>
  criteria
    .filter(({ isIndependent }) => !isIndependent)
    .reduce<JudgingCriterionRow | undefined>(
      (best, criterion) => (best && best.weight >= criterion.weight ? best : criterion),
      undefined,
    )
