import type { Failure } from '@guildhall/kit/outcome'
import { line, problemsOf } from '@guildhall/kit/validate'
import { z } from 'zod'
import contract from '../contract.ts'
import type { JudgingRoundRow } from '../tables.ts'

export type RoundDraft = Pick<
  JudgingRoundRow,
  | 'name'
  | 'trackId'
  | 'previousRoundId'
  | 'opensAt'
  | 'closesAt'
  | 'isBlind'
  | 'minReviewsPerProject'
  | 'maxProjectsPerJudge'
  | 'advancesCount'
  | 'rankedBy'
  | 'tieRule'
  | 'isFeedbackShared'
>

const shape = z.object({
  name: line(200),
  minReviewsPerProject: z.number().int().min(1).max(100),
  maxProjectsPerJudge: z.number().int().min(1).max(1_000).nullable(),
  advancesCount: z.number().int().min(1).max(1_000).nullable(),
})

/** Everything that is wrong with what a draft of a round shall say. */
export function roundProblems(draft: RoundDraft): Failure[] {
  const problems = problemsOf(shape, draft)
  if (draft.opensAt && draft.closesAt && draft.closesAt <= draft.opensAt) {
    problems.push(
      contract.failure('INVALID_TIME_RANGE', 'A round closes after it opens.', ['input', 'closesAt']),
    )
  }
  return problems
}
