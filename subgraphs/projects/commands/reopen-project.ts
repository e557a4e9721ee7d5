import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition, stepOf } from '@guildhall/kit/state-machine'
import contract from '../contract.ts'
import { projectLife } from '../domain/project-status.ts'
import { takesSubmissions } from '../domain/submission-window.ts'
import type { ReopenProjectInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockTerms } from '../lock-terms.ts'
import { lockProject, move } from '../moves.ts'
import type { ProjectRow } from '../tables.ts'
import { noSuchProject, requireMember } from '../team.ts'

/** Takes a submission back, but only while it could be handed in again. */
export async function reopenProject(ctx: Ctx, input: ReopenProjectInput): Promise<Outcome<ProjectRow>> {
  const seen = await ctx.loaders.project.load(input.id)
  if (!seen) return failed(noSuchProject('id'))
  await requireMember(ctx, seen)

  return ctx.transaction(
    'reopenProject',
    async (tx) => {
      const event = await lockTerms(tx, seen.eventId)
      const project = await lockProject(tx, seen.id)
      if (!stepOf(projectLife, project.status, 'DRAFT')) {
        return failed(illegalTransition(projectLife, project.status, 'DRAFT', ['input', 'id']))
      }
      if (!takesSubmissions(event, ctx.now(), project)) {
        return failed(contract.failure('SUBMISSION_CLOSED', 'Submissions are closed.', ['input', 'id']))
      }
      return done(await move(ctx, tx, project, { to: 'DRAFT' }))
    },
    {},
    input,
  )
}
