import { failed, type Outcome } from '@guildhall/kit/outcome'
import { depart } from '../departure.ts'
import type { RemoveProjectMemberInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { ProjectRow } from '../tables.ts'
import { noSuchProject, requireOwner } from '../team.ts'

/** An owner or a manager takes somebody out of a team. */
export async function removeProjectMember(
  ctx: Ctx,
  input: RemoveProjectMemberInput,
): Promise<Outcome<ProjectRow>> {
  const project = await ctx.loaders.project.load(input.projectId)
  if (!project) return failed(noSuchProject('projectId'))
  await requireOwner(ctx, project)
  return ctx.transaction(
    'removeProjectMember',
    (tx) => depart(ctx, tx, project.id, input.userId, ['input', 'userId']),
    {},
    input,
  )
}
