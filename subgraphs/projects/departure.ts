import type { Transaction } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import contract, { projectMemberLeft } from './contract.ts'
import { factsFor } from './facts.ts'
import type { Ctx } from './loaders.ts'
import { lockProject } from './moves.ts'
import { type ProjectRow, projectMembers, projects } from './tables.ts'

/** Takes somebody out of a team. A team keeps at least one member and, as long as it has any, an owner. */
export async function depart(
  ctx: Ctx,
  tx: Transaction,
  projectId: string,
  userId: string,
  path: string[],
): Promise<Outcome<ProjectRow>> {
  const project = await lockProject(tx, projectId)
  if (project.status !== 'DRAFT') {
    return failed(contract.failure('PROJECT_NOT_EDITABLE', `The project is ${project.status}.`, path))
  }
  const notInTeam = contract.failure('NOT_A_MEMBER', 'The person is not in this team.', path)
  if (!isId('usr', userId)) return failed(notInTeam)
  const [gone] = await tx
    .delete(projectMembers)
    .where(and(eq(projectMembers.projectId, projectId), eq(projectMembers.userId, userId)))
    .returning()
  if (!gone) return failed(notInTeam)
  const [changed] = await tx
    .update(projects)
    .set({
      memberCount: sql`${projects.memberCount} - 1`,
      version: project.version + 1,
      updatedAt: ctx.now(),
    })
    .where(and(eq(projects.id, projectId), gt(projects.memberCount, 1)))
    .returning()
  if (!changed) {
    return failed(
      contract.failure('LAST_MEMBER', 'The last member cannot leave; withdraw the project.', path),
    )
  }
  if (gone.role === 'OWNER') await passOn(tx, projectId)
  const facts = await factsFor(tx, changed, ctx.viewer?.userId ?? null)
  await tx.emit(projectMemberLeft, { ...facts, userId })
  return done(changed)
}

/** Whoever has been there longest owns the project from now on. */
async function passOn(tx: Transaction, projectId: string): Promise<void> {
  const [heir] = await tx
    .select({ id: projectMembers.id })
    .from(projectMembers)
    .where(eq(projectMembers.projectId, projectId))
    .orderBy(asc(projectMembers.joinedAt), asc(projectMembers.id))
    .limit(1)
  if (heir) await tx.update(projectMembers).set({ role: 'OWNER' }).where(eq(projectMembers.id, heir.id))
}
