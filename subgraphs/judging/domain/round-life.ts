import type { Step } from '@guildhall/kit/state-machine'
import type { JudgingRoundRow } from '../tables.ts'

export type RoundStatus = JudgingRoundRow['status']

/** A step with the mutation that takes it. */
export interface RoundStep extends Step<RoundStatus> {
  mutation: string
}

/** The life of a round; results are published once and for all. */
export const roundLife: Readonly<Record<RoundStatus, readonly RoundStep[]>> = {
  DRAFT: [{ to: 'OPEN', mutation: 'openJudgingRound' }],
  OPEN: [{ to: 'CLOSED', mutation: 'closeJudgingRound' }],
  CLOSED: [
    { to: 'OPEN', mutation: 'reopenJudgingRound', needsReason: true },
    { to: 'PUBLISHED', mutation: 'publishResults' },
  ],
  PUBLISHED: [],
}

/** Whether scores are taken: the clock closes a round by itself. */
export const takesScores = (
  { status, opensAt, closesAt }: Pick<JudgingRoundRow, 'status' | 'opensAt' | 'closesAt'>,
  now: Date,
): boolean =>
  status === 'OPEN' && (opensAt === null || now >= opensAt) && (closesAt === null || now < closesAt)

/** Whether judges must not know whose project they look at. */
export const hidesTeams = ({ isBlind, status }: Pick<JudgingRoundRow, 'isBlind' | 'status'>): boolean =>
  isBlind && status !== 'PUBLISHED'
