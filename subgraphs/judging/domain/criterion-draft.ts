import type { Failure } from '@guildhall/kit/outcome'
import { line, problemsOf, prose } from '@guildhall/kit/validate'
import { z } from 'zod'
import type { JudgingCriterionRow } from '../tables.ts'

export type CriterionDraft = Pick<
  JudgingCriterionRow,
  'name' | 'description' | 'weight' | 'minScore' | 'maxScore' | 'step' | 'isRequired' | 'isIndependent'
>

/** A scale has so many scores at most. */
const stepsMax = 1_000

const bound = z.number().min(-1_000).max(1_000)

const shape = z
  .object({
    name: line(200),
    description: prose(2_000).nullable(),
    weight: z.number().positive().max(1_000),
    minScore: bound,
    maxScore: bound,
    step: z.number().positive(),
  })
  .refine(({ minScore, maxScore }) => maxScore > minScore, {
    path: ['maxScore'],
    message: 'The best score is more than the worst.',
  })
  .refine(({ minScore, maxScore, step }) => isOnGrid(maxScore, { minScore, step }), {
    path: ['step'],
    message: 'Steps lead from the worst score to the best.',
  })
  .refine(({ minScore, maxScore, step }) => maxScore - minScore <= step * stepsMax, {
    path: ['step'],
    message: `A scale has at most ${stepsMax} steps.`,
  })

/** Everything that is wrong with what a criterion shall say. */
export const criterionProblems = (draft: CriterionDraft): Failure[] => problemsOf(shape, draft)

/** Whether a value is so many whole steps from the worst score; tenths are not exact in binary. */
export function isOnGrid(value: number, { minScore, step }: { minScore: number; step: number }): boolean {
  const steps = (value - minScore) / step
  return Math.abs(steps - Math.round(steps)) < 1e-6
}
