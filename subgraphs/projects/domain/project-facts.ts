import type { ProjectFacts } from '../contract.ts'
import type { EventTermsRow, ProjectRow, ProjectSubmissionRow } from '../tables.ts'

/** What stands beside a project. */
interface Beside {
  memberIds: readonly string[]
  collaboratorIds: readonly string[]
  submission: ProjectSubmissionRow | null
  /** The terms of its event; null: it belongs to none. */
  event: Pick<EventTermsRow, 'status' | 'visibility'> | null
}

/** What other domains are told of a project. */
export const factsOf = (
  project: ProjectRow,
  { memberIds, collaboratorIds, submission, event }: Beside,
  actorId: string | null,
): ProjectFacts => ({
  projectId: project.id,
  projectTitle: project.title,
  eventId: project.eventId,
  organizationId: project.organizationId,
  memberIds: [...memberIds],
  status: project.status,
  version: project.version,
  stage: project.stage,
  trackIds: submission ? submission.tracks.map(({ id }) => id) : project.trackIds,
  submittedAt: project.submittedAt?.toISOString() ?? null,
  submission: submission && {
    number: submission.number,
    title: submission.title,
    summary: submission.summary,
    repositoryUrl: submission.repositoryUrl,
    demoUrl: submission.demoUrl,
    videoUrl: submission.videoUrl,
    tags: submission.tags,
  },
  collaboratorIds: [...collaboratorIds],
  seenBy: seenBy(project, event),
  actorId,
})

/** Who sees a project besides its team, its collaborators and managers: `visibility.ts` in words for other domains. */
export function seenBy(
  { status, visibility }: Pick<ProjectRow, 'status' | 'visibility'>,
  event: Beside['event'],
): ProjectFacts['seenBy'] {
  if (event === null) {
    if (visibility === 'TEAM') return 'TEAM'
    return visibility === 'PUBLIC' && status !== 'WITHDRAWN' ? 'EVERYBODY' : 'ORGANIZATION'
  }
  if (status === 'DRAFT' || status === 'WITHDRAWN' || event.status === 'DRAFT') return 'TEAM'
  return event.visibility === 'ORGANIZATION' ? 'ORGANIZATION' : 'EVERYBODY'
}
