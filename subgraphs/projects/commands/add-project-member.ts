import { isId } from '@guildhall/kit/ids'
import { failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { AddProjectMemberInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { takesPart } from '../projection.ts'
import type { ProjectRow } from '../tables.ts'
import { noSuchProject, requireInviter } from '../team.ts'
import { seatConstraints, takeIn } from '../teams/take-in.ts'

/** Takes somebody into a team whom the team, or a manager, wants there. */
export async function addProjectMember(ctx: Ctx, input: AddProjectMemberInput): Promise<Outcome<ProjectRow>> {
  const { projectId, userId } = input
  const seen = await ctx.loaders.project.load(projectId)
  if (!seen) return failed(noSuchProject('projectId'))
  await requireInviter(ctx, seen)
  if (!isId('usr', userId)) {
    return failed(contract.failure('NOT_FOUND', 'There is no such person.', ['input', 'userId']))
  }
  if (seen.eventId && !(await takesPart(ctx, seen.eventId, userId))) {
    return failed(
      contract.failure('NOT_A_PARTICIPANT', 'The person has no seat in the event.', ['input', 'userId']),
    )
  }
  return ctx.transaction(
    'addProjectMember',
    (tx) => takeIn(ctx, tx, seen, { userId, path: ['input', 'projectId'] }),
    seatConstraints(['input', 'userId']),
    input,
  )
}
