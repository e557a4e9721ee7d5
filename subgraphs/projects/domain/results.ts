import type { ProjectStatus } from './project-status.ts'

/** What a project became by published results. */
export interface ProjectResult {
  isFinalist: boolean
  /** Its best places, of any prize, in any track or over all. */
  places: readonly number[]
}

/**
 * The steps that published results have a project take. Who came first in anything has won; who has another place or goes on
 * to the next round is among the best. What is over stays as it is; whoever was left without a prize when the event ended
 * before the results were known may still have won.
 */
export function stepsOf(status: ProjectStatus, { isFinalist, places }: ProjectResult): ProjectStatus[] {
  const climb = wayUp[status]
  if (!climb) return []
  if (places.includes(1)) return [...climb, 'WINNER']
  if (isFinalist || places.length > 0) return [...climb]
  if (status === 'NOT_SELECTED') return []
  return status === 'SUBMITTED' ? ['UNDER_REVIEW', 'NOT_SELECTED'] : ['NOT_SELECTED']
}

/** From where a project can still be among the best, and by which steps. Judging may tell before the event does. */
const wayUp: Partial<Record<ProjectStatus, readonly ProjectStatus[]>> = {
  SUBMITTED: ['UNDER_REVIEW', 'FINALIST'],
  UNDER_REVIEW: ['FINALIST'],
  NOT_SELECTED: ['FINALIST'],
  FINALIST: [],
}
