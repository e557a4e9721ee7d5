import { roundLife } from '../domain/round-life.ts'
import type { JudgingRoundRow } from '../tables.ts'

/** The steps that lead on from where a round stands, for those who manage it. */
export const openSteps = ({ status }: Pick<JudgingRoundRow, 'status'>) =>
  roundLife[status].map(({ to, mutation, needsReason = false }) => ({
    to,
    mutation,
    isReasonRequired: needsReason,
  }))
