import type { Context, Transaction } from '@guildhall/kit/context'
import { eq, sql } from 'drizzle-orm'
import { projectReopened, projectStatusChanged, projectSubmitted, projectWithdrawn } from './contract.ts'
import type { ProjectStatus } from './domain/project-status.ts'
import { factsFor } from './facts.ts'
import { type ProjectRow, projectMembers, projects, projectTransitions } from './tables.ts'

/** Locks a project: everything that changes it or its team does this first, so that changes happen one by one. */
export async function lockProject(tx: Transaction, id: string): Promise<ProjectRow> {
  const [project] = await tx.select().from(projects).where(eq(projects.id, id)).for('update')
  if (!project) throw new Error(`project ${id} is gone`)
  return project
}

interface Move {
  to: ProjectStatus
  reason?: string | null
  /** Keeps what was handed in, before anybody is told of it. */
  keep?(moved: ProjectRow): Promise<void>
}

/** Moves a locked project: row, history, events. */
export async function move(
  ctx: Context,
  tx: Transaction,
  project: ProjectRow,
  { to, reason = null, keep }: Move,
): Promise<ProjectRow> {
  const now = ctx.now()
  const isHandedIn = to === 'SUBMITTED' && project.status === 'DRAFT'
  const [moved] = await tx
    .update(projects)
    .set({
      status: to,
      version: sql`${projects.version} + 1`,
      updatedAt: now,
      ...(isHandedIn ? { submittedAt: now, submissionNumber: sql`${projects.submissionNumber} + 1` } : {}),
    })
    .where(eq(projects.id, project.id))
    .returning()
  if (!moved) throw new Error(`project ${project.id} is gone`)
  // Whoever gave a project up may join another team of the event.
  if (to === 'WITHDRAWN') {
    await tx.update(projectMembers).set({ teamEventId: null }).where(eq(projectMembers.projectId, project.id))
  }
  await keep?.(moved)
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
  const facts = await factsFor(tx, moved, actorId)
  await tx.emit(projectStatusChanged, { ...facts, from: project.status, reason })
  if (isHandedIn) await tx.emit(projectSubmitted, facts)
  if (to === 'DRAFT') await tx.emit(projectReopened, facts)
  if (to === 'WITHDRAWN') await tx.emit(projectWithdrawn, { ...facts, reason })
  return moved
}
