import { failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { JoinTeamInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { takesPart } from '../projection.ts'
import type { ProjectRow } from '../tables.ts'
import { projectOfCode } from '../teams/project-of-code.ts'
import { seatConstraints, takeIn } from '../teams/take-in.ts'

/** The caller joins the team whose code they know. */
export async function joinTeam(ctx: Ctx, input: JoinTeamInput): Promise<Outcome<ProjectRow>> {
  const { userId } = ctx.requireViewer()
  const path = ['input', 'code']
  const looked = await projectOfCode(ctx, userId, input.code)
  if (!looked.ok) return looked
  const project = looked.value
  if (project?.eventId && !(await takesPart(ctx, project.eventId, userId))) {
    return failed(contract.failure('NOT_A_PARTICIPANT', 'You have no seat in the event.', path))
  }
  return ctx.transaction(
    'joinTeam',
    // Refused only in here: a repeated key is answered as before, whatever has become of the code.
    async (tx) =>
      project
        ? takeIn(ctx, tx, project, { userId, path })
        : failed(contract.failure('INVALID_JOIN_CODE', 'This code leads to no team.', path)),
    seatConstraints(path),
    input,
  )
}
