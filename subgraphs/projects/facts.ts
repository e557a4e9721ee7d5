import type { Transaction } from '@guildhall/kit/context'
import { and, asc, eq } from 'drizzle-orm'
import type { ProjectFacts } from './contract.ts'
import { factsOf } from './domain/project-facts.ts'
import {
  eventTerms,
  type ProjectMemberRow,
  type ProjectRow,
  type ProjectSubmissionRow,
  projectCollaborators,
  projectMembers,
  projectSubmissions,
  projects,
} from './tables.ts'

/** What other domains are told of a locked project. */
export async function factsFor(
  tx: Transaction,
  project: ProjectRow,
  actorId: string | null,
): Promise<ProjectFacts> {
  const members = await teamOf(tx, project.id)
  return factsOf(
    project,
    {
      memberIds: members.map(({ userId }) => userId),
      submission: await latestSubmission(tx, project),
      ...(await besides(tx, project)),
    },
    actorId,
  )
}

/** Who looks on, and the terms of the event; one statement, because the project is locked meanwhile. */
async function besides(tx: Transaction, project: ProjectRow) {
  const { status, visibility } = eventTerms
  const rows = await tx
    .select({ userId: projectCollaborators.userId, status, visibility })
    .from(projects)
    .leftJoin(eventTerms, eq(eventTerms.id, projects.eventId))
    .leftJoin(projectCollaborators, eq(projectCollaborators.projectId, projects.id))
    .where(eq(projects.id, project.id))
    .orderBy(asc(projectCollaborators.addedAt), asc(projectCollaborators.id))
  const [terms] = rows
  return {
    collaboratorIds: rows.flatMap(({ userId }) => userId ?? []),
    event: terms?.status && terms.visibility ? { status: terms.status, visibility: terms.visibility } : null,
  }
}

/** The team, whoever came first on top. */
export const teamOf = (tx: Transaction, projectId: string): Promise<ProjectMemberRow[]> =>
  tx
    .select()
    .from(projectMembers)
    .where(eq(projectMembers.projectId, projectId))
    .orderBy(asc(projectMembers.joinedAt), asc(projectMembers.id))

async function latestSubmission(tx: Transaction, project: ProjectRow): Promise<ProjectSubmissionRow | null> {
  if (project.submissionNumber === 0) return null
  const [row] = await tx
    .select()
    .from(projectSubmissions)
    .where(
      and(
        eq(projectSubmissions.projectId, project.id),
        eq(projectSubmissions.number, project.submissionNumber),
      ),
    )
  return row ?? null
}
