import type { EventTermsRow, ProjectRow } from '../tables.ts'

/** Teams form and hand in while the event is on. */
export const isRunning = (event: Pick<EventTermsRow, 'status'>): boolean =>
  event.status === 'PUBLISHED' || event.status === 'IN_PROGRESS'

/** The last instant at which a submission is taken: the deadline, or else the end of the event, plus grace. */
export const submissionsCloseAt = (
  event: Pick<EventTermsRow, 'submissionDeadline' | 'endsAt' | 'graceMinutes'>,
): Date => new Date((event.submissionDeadline ?? event.endsAt).getTime() + event.graceMinutes * 60_000)

/** The same for one team, which may have been given more time. */
export const closesFor = (
  event: Parameters<typeof submissionsCloseAt>[0],
  { extendedUntil }: Pick<ProjectRow, 'extendedUntil'>,
): Date => {
  const closesAt = submissionsCloseAt(event)
  return extendedUntil !== null && extendedUntil > closesAt ? extendedUntil : closesAt
}

/** Whether a submission is taken now; a project without an event has no deadline. */
export const takesSubmissions = (
  event: EventTermsRow | null,
  now: Date,
  project: Pick<ProjectRow, 'extendedUntil'> = { extendedUntil: null },
): boolean => event === null || (isRunning(event) && now <= closesFor(event, project))

/** Whether the event asks for more members than the team has. */
export const isTooSmall = (
  event: Pick<EventTermsRow, 'minTeamSize'> | null,
  { memberCount }: Pick<ProjectRow, 'memberCount'>,
): boolean => event !== null && memberCount < event.minTeamSize
