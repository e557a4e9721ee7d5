import type { Transaction } from '@guildhall/kit/context'
import { and, asc, eq } from 'drizzle-orm'
import type { ProjectFacts } from './contract.ts'
import { factsOf } from './domain/project-facts.ts'
import {
  type ProjectMemberRow,
  type ProjectRow,
  type ProjectSubmissionRow,
  projectMembers,
  projectSubmissions,
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
    members.map(({ userId }) => userId),
    await latestSubmission(tx, project),
    actorId,
  )
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
