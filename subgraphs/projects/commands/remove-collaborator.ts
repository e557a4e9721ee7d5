import { isId } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import contract, { collaboratorRemoved } from '../contract.ts'
import { factsFor } from '../facts.ts'
import type { RemoveCollaboratorInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockProject } from '../moves.ts'
import { type ProjectRow, projectCollaborators } from '../tables.ts'
import { noSuchProject, requireInviter } from '../team.ts'

/** Somebody does not see the work of a team any more: because the team says so, or they themselves. */
export async function removeCollaborator(
  ctx: Ctx,
  input: RemoveCollaboratorInput,
): Promise<Outcome<ProjectRow>> {
  const { projectId, userId } = input
  const actorId = ctx.requireViewer().userId
  const seen = await ctx.loaders.project.load(projectId)
  if (seen && userId !== actorId) await requireInviter(ctx, seen)
  return ctx.transaction(
    'removeCollaborator',
    // Refused only in here: whoever has gone and asks again with the same key no longer sees the draft.
    async (tx) => {
      if (!seen) return failed(noSuchProject('projectId'))
      const project = await lockProject(tx, projectId)
      const gone = isId('usr', userId)
        ? await tx
            .delete(projectCollaborators)
            .where(
              and(eq(projectCollaborators.projectId, projectId), eq(projectCollaborators.userId, userId)),
            )
            .returning({ id: projectCollaborators.id })
        : []
      if (gone.length === 0) {
        const path = ['input', 'userId']
        return failed(contract.failure('NOT_A_COLLABORATOR', 'The person is no collaborator.', path))
      }
      await tx.emit(collaboratorRemoved, { ...(await factsFor(tx, project, actorId)), userId })
      return done(project)
    },
    {},
    input,
  )
}
