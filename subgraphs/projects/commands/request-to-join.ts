import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf, prose, tidy } from '@guildhall/kit/validate'
import { z } from 'zod'
import contract, { joinRequestMade } from '../contract.ts'
import { factsFor, teamOf } from '../facts.ts'
import type { RequestToJoinInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockProject } from '../moves.ts'
import { joinRequests, type ProjectJoinRequestRow } from '../tables.ts'
import { noSuchProject } from '../team.ts'
import { openTeam } from '../teams/open-teams.ts'

/** Asks a team to be taken in. Teams that look for members are found by people who do not see their drafts. */
export async function requestToJoin(
  ctx: Ctx,
  input: RequestToJoinInput,
): Promise<Outcome<ProjectJoinRequestRow>> {
  const { userId } = ctx.requireViewer()
  const path = ['input', 'projectId']
  const message = tidy(input.message)
  const problems = problemsOf(z.object({ message: prose(1_000).nullable() }), { message })
  if (problems.length > 0) return failed(...problems)
  const seen = await openTeam(ctx, input.projectId)
  if (!seen) return failed(noSuchProject('projectId'))

  return ctx.transaction(
    'requestToJoin',
    async (tx) => {
      const project = await lockProject(tx, seen.id)
      if (!project.isOpenToJoin || project.status !== 'DRAFT') {
        return failed(contract.failure('TEAM_NOT_OPEN', 'The team does not look for members.', path))
      }
      if ((await teamOf(tx, project.id)).some((member) => member.userId === userId)) {
        return failed(contract.failure('ALREADY_IN_TEAM', 'You are in this team already.', path))
      }
      const [request] = await tx
        .insert(joinRequests)
        .values({
          id: ctx.newId('pjr'),
          projectId: project.id,
          eventId: project.eventId,
          userId,
          message,
          createdAt: ctx.now(),
        })
        .returning()
      if (!request) throw new Error('insert returned nothing')
      const facts = await factsFor(tx, project, userId)
      await tx.emit(joinRequestMade, { ...facts, requestId: request.id, userId })
      return done(request)
    },
    {
      join_request_once: () =>
        contract.failure('ALREADY_REQUESTED', 'You have asked this team already.', path),
    },
    input,
  )
}
