import type { ProjectFacts } from '../contract.ts'
import type { ProjectRow } from '../tables.ts'

/** What other domains are told of a project. */
export const factsOf = (
  project: ProjectRow,
  memberIds: readonly string[],
  actorId: string | null,
): ProjectFacts => ({
  projectId: project.id,
  projectTitle: project.title,
  eventId: project.eventId,
  organizationId: project.organizationId,
  memberIds: [...memberIds],
  status: project.status,
  version: project.version,
  actorId,
})
