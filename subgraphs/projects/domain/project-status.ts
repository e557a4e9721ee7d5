import type { Step } from '@guildhall/kit/state-machine'
import type { ProjectRow } from '../tables.ts'

export type ProjectStatus = ProjectRow['status']

/** Who may take a step: the team, its owner or a manager, only a manager, or the house when the event moves. */
export type StepTaker = 'TEAM' | 'OWNER' | 'MANAGER' | 'HOUSE'

/** A step with the one who may take it and the mutation that does. */
export interface ProjectStep extends Step<ProjectStatus> {
  by: StepTaker
  /** Null where the house takes the step by itself. */
  mutation: string | null
}

const house = (to: ProjectStatus): ProjectStep => ({ to, by: 'HOUSE', mutation: null })
const withdraw: ProjectStep = { to: 'WITHDRAWN', by: 'OWNER', mutation: 'withdrawProject' }
const disqualify: ProjectStep = {
  to: 'DISQUALIFIED',
  by: 'MANAGER',
  mutation: 'disqualifyProject',
  needsReason: true,
}

/** The life of a project; in an event it follows the event. */
export const projectLife: Readonly<Record<ProjectStatus, readonly ProjectStep[]>> = {
  DRAFT: [{ to: 'SUBMITTED', by: 'TEAM', mutation: 'submitProject' }, withdraw],
  SUBMITTED: [
    { to: 'DRAFT', by: 'TEAM', mutation: 'reopenProject' },
    house('UNDER_REVIEW'),
    withdraw,
    disqualify,
  ],
  UNDER_REVIEW: [house('SUBMITTED'), house('FINALIST'), house('NOT_SELECTED'), withdraw, disqualify],
  FINALIST: [house('WINNER'), house('NOT_SELECTED'), withdraw, disqualify],
  WINNER: [],
  // When the results are published after the end of the event.
  NOT_SELECTED: [house('FINALIST')],
  WITHDRAWN: [],
  DISQUALIFIED: [],
}

/** What an event's new status does to its projects: from → to. */
export const followsEvent: Readonly<Record<string, Partial<Record<ProjectStatus, ProjectStatus>>>> = {
  // Also the way back, when judging is reopened.
  IN_PROGRESS: { UNDER_REVIEW: 'SUBMITTED' },
  JUDGING: { SUBMITTED: 'UNDER_REVIEW' },
  // Without judging nobody lost: what was submitted stays submitted.
  // Who was among the best stays so.
  COMPLETED: { UNDER_REVIEW: 'NOT_SELECTED' },
  CANCELLED: { DRAFT: 'WITHDRAWN', SUBMITTED: 'WITHDRAWN', UNDER_REVIEW: 'WITHDRAWN', FINALIST: 'WITHDRAWN' },
}
