import type { Transaction } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import contract, { captainChanged } from '../contract.ts'
import { factsFor, teamOf } from '../facts.ts'
import type { TransferCaptainInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockProject } from '../moves.ts'
import { type ProjectRow, projectMembers, projects } from '../tables.ts'
import { noSuchProject, requireManager, requireOwner } from '../team.ts'

/** Another member owns the project from now on. */
export async function transferCaptain(ctx: Ctx, input: TransferCaptainInput): Promise<Outcome<ProjectRow>> {
  const { projectId, userId } = input
  const seen = await ctx.loaders.project.load(projectId)
  if (!seen) return failed(noSuchProject('projectId'))
  await requireOwner(ctx, seen)
  return ctx.transaction(
    'transferCaptain',
    async (tx) => {
      const project = await lockProject(tx, projectId)
      const team = await teamOf(tx, projectId)
      const owner = team.find((member) => member.role === 'OWNER')
      // Who asked may have handed the project on a moment ago.
      if (owner?.userId !== ctx.viewer?.userId) await requireManager(ctx, project)
      const heir = isId('usr', userId) && team.find((member) => member.userId === userId)
      if (!heir) return refuse('NOT_A_MEMBER', 'The person is not in this team.')
      if (heir.role === 'OWNER') return refuse('ALREADY_OWNER', 'The person owns the project already.')
      await setRole(tx, projectId, 'OWNER', 'MEMBER')
      await tx.update(projectMembers).set({ role: 'OWNER' }).where(eq(projectMembers.id, heir.id))
      const [changed] = await tx
        .update(projects)
        .set({ version: project.version + 1, updatedAt: ctx.now() })
        .where(eq(projects.id, projectId))
        .returning()
      if (!changed) throw new Error('update returned nothing')
      const facts = await factsFor(tx, changed, ctx.viewer?.userId ?? null)
      await tx.emit(captainChanged, { ...facts, userId, fromUserId: owner?.userId ?? null })
      return done(changed)
    },
    {},
    input,
  )
}

const setRole = (tx: Transaction, projectId: string, from: 'OWNER', to: 'MEMBER') =>
  tx
    .update(projectMembers)
    .set({ role: to })
    .where(and(eq(projectMembers.projectId, projectId), eq(projectMembers.role, from)))

const refuse = (
  code: 'NOT_A_MEMBER' | 'ALREADY_OWNER',
  message: string,
): { ok: false; failures: [Failure, ...Failure[]] } =>
  failed(contract.failure(code, message, ['input', 'userId']))
