import type { Context, Transaction } from '@guildhall/kit/context'
import { asc, eq, sql } from 'drizzle-orm'
import { projectReopened, projectStatusChanged, projectSubmitted, projectWithdrawn } from './contract.ts'
import { factsOf } from './domain/project-facts.ts'
import type { ProjectStatus } from './domain/project-status.ts'
import { type ProjectRow, projectMembers, projects, projectTransitions, type Submission } from './tables.ts'

/** Locks a project: everything that changes it or its team does this first, so that changes happen one by one. */
export async function lockProject(tx: Transaction, id: string): Promise<ProjectRow> {
  const [project] = await tx.select().from(projects).where(eq(projects.id, id)).for('update')
  if (!project) throw new Error(`project ${id} is gone`)
  return project
}

/** The team, whoever came first on top. */
export async function teamOf(tx: Transaction, projectId: string): Promise<string[]> {
  const rows = await tx
    .select({ userId: projectMembers.userId })
    .from(projectMembers)
    .where(eq(projectMembers.projectId, projectId))
    .orderBy(asc(projectMembers.joinedAt), asc(projectMembers.id))
  return rows.map((row) => row.userId)
}

interface Move {
  to: ProjectStatus
  reason?: string | null
}

/** Moves a locked project: row, history, events, and for a submission its snapshot. */
export async function move(
  ctx: Context,
  tx: Transaction,
  project: ProjectRow,
  { to, reason = null }: Move,
): Promise<ProjectRow> {
  const now = ctx.now()
  const memberIds = await teamOf(tx, project.id)
  const [moved] = await tx
    .update(projects)
    .set({
      status: to,
      version: sql`${projects.version} + 1`,
      updatedAt: now,
      ...(to === 'SUBMITTED' && project.status === 'DRAFT'
        ? { submittedAt: now, submission: snapshotOf(project, memberIds) }
        : {}),
    })
    .where(eq(projects.id, project.id))
    .returning()
  if (!moved) throw new Error(`project ${project.id} is gone`)
  // Whoever gave a project up may join another team of the event.
  if (to === 'WITHDRAWN') {
    await tx.update(projectMembers).set({ teamEventId: null }).where(eq(projectMembers.projectId, project.id))
  }
  const actorId = ctx.viewer?.userId ?? null
  await tx.insert(projectTransitions).values({
    id: ctx.newId('prjtr'),
    projectId: project.id,
    from: project.status,
    to,
    reason,
    actorId,
    at: now,
  })
  const facts = factsOf(moved, memberIds, actorId)
  await tx.emit(projectStatusChanged, { ...facts, from: project.status, reason })
  if (to === 'SUBMITTED' && project.status === 'DRAFT') await tx.emit(projectSubmitted, facts)
  if (to === 'DRAFT') await tx.emit(projectReopened, facts)
  if (to === 'WITHDRAWN') await tx.emit(projectWithdrawn, { ...facts, reason })
  return moved
}

const snapshotOf = (project: ProjectRow, memberIds: string[]): Submission => ({
  title: project.title,
  summary: project.summary,
  repositoryUrl: project.repositoryUrl,
  demoUrl: project.demoUrl,
  memberIds,
})
