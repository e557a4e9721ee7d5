import type { ProjectFacts } from '../contract.ts'
import type { ProjectRow, ProjectSubmissionRow } from '../tables.ts'

/** What other domains are told of a project. */
export const factsOf = (
  project: ProjectRow,
  memberIds: readonly string[],
  submission: ProjectSubmissionRow | null,
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
  actorId,
})
