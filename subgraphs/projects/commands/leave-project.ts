import { failed, type Outcome } from '@guildhall/kit/outcome'
import { depart } from '../departure.ts'
import type { LeaveProjectInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { ProjectRow } from '../tables.ts'
import { noSuchProject } from '../team.ts'

/** The caller leaves a team. */
export async function leaveProject(ctx: Ctx, input: LeaveProjectInput): Promise<Outcome<ProjectRow>> {
  const viewer = ctx.requireViewer()
  const project = await ctx.loaders.project.load(input.projectId)
  return ctx.transaction(
    'leaveProject',
    // Refused only in here: whoever left and asks again with the same key no longer sees the draft.
    async (tx) =>
      project
        ? depart(ctx, tx, project.id, viewer.userId, ['input', 'projectId'])
        : failed(noSuchProject('projectId')),
    {},
    input,
  )
}
