import type { Failure } from '@guildhall/kit/outcome'
import { problemsOf, prose } from '@guildhall/kit/validate'
import { z } from 'zod'
import contract from '../contract.ts'
import type { JudgingCriterionRow } from '../tables.ts'
import { isOnGrid } from './criterion-draft.ts'

export interface GivenScore {
  criterionId: string
  value: number
}

interface GivenSheet {
  scores: readonly GivenScore[]
  comment: string | null
  isFinal: boolean
}

/** Everything that is wrong with a sheet, by the rubric of its round. */
export function sheetProblems(
  criteria: readonly JudgingCriterionRow[],
  { scores, comment, isFinal }: GivenSheet,
): Failure[] {
  const known = new Map(criteria.map((criterion) => [criterion.id, criterion]))
  const seen = new Set<string>()
  const problems = problemsOf(z.object({ comment: prose(10_000).nullable() }), { comment })
  for (const [index, { criterionId, value }] of scores.entries()) {
    const path = ['input', 'scores', String(index)]
    const criterion = known.get(criterionId)
    if (!criterion) {
      problems.push(
        contract.failure('NOT_FOUND', 'The round has no such criterion.', [...path, 'criterionId']),
      )
    } else if (seen.has(criterionId)) {
      problems.push(contract.failure('DUPLICATE_SCORE', `${criterion.name} is scored already.`, path))
    } else if (!isOnScale(criterion, value)) {
      const { name, minScore, maxScore, step } = criterion
      problems.push(
        contract.failure(
          'SCORE_OUT_OF_RANGE',
          `${name} is scored from ${minScore} to ${maxScore} in steps of ${step}.`,
          [...path, 'value'],
        ),
      )
    }
    seen.add(criterionId)
  }
  const missing = criteria.filter(({ id, isRequired }) => isFinal && isRequired && !seen.has(id))
  for (const { name } of missing) {
    problems.push(contract.failure('SCORE_REQUIRED', `${name} needs a score.`, ['input', 'scores']))
  }
  return problems
}

const isOnScale = (criterion: JudgingCriterionRow, value: number): boolean =>
  value >= criterion.minScore && value <= criterion.maxScore && isOnGrid(value, criterion)

type Weighed = Pick<JudgingCriterionRow, 'id' | 'weight' | 'minScore' | 'maxScore' | 'isIndependent'>

/**
 * The weighted mean of a sheet's scores, each as its share of its scale: 100 Σ wᵢ (sᵢ − minᵢ)/(maxᵢ − minᵢ) / Σ wᵢ over the
 * criteria that were scored. Independent criteria are left out, as pretalx does (`ReviewScoreCategory.is_independent`);
 * unlike there, scales of different length weigh the same. Null when nothing that counts was scored.
 */
export function totalOf(criteria: readonly Weighed[], scores: readonly GivenScore[]): number | null {
  const known = new Map(criteria.map((criterion) => [criterion.id, criterion]))
  let sum = 0
  let weights = 0
  for (const { criterionId, value } of byCriterion(scores)) {
    const criterion = known.get(criterionId)
    if (!criterion || criterion.isIndependent) continue
    sum += criterion.weight * shareOf(criterion, value)
    weights += criterion.weight
  }
  return weights === 0 ? null : (100 * sum) / weights
}

/** How far up its scale a score is, from 0 to 1. */
export const shareOf = ({ minScore, maxScore }: Weighed, value: number): number =>
  (value - minScore) / (maxScore - minScore)

/** Sums of fractions depend on their order: always the same one, so that a recount gives the same. */
const byCriterion = (scores: readonly GivenScore[]): GivenScore[] =>
  [...scores].sort((a, b) => (a.criterionId < b.criterionId ? -1 : 1))
