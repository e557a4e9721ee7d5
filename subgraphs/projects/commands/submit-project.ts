import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition, stepOf } from '@guildhall/kit/state-machine'
import contract from '../contract.ts'
import { projectLife } from '../domain/project-status.ts'
import { isTooSmall, takesSubmissions } from '../domain/submission-window.ts'
import type { SubmitProjectInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockTerms } from '../lock-terms.ts'
import { lockProject, move } from '../moves.ts'
import { keepSubmission } from '../submission.ts'
import type { ProjectRow } from '../tables.ts'
import { noSuchProject, requireMember } from '../team.ts'

/** Hands a project in. The event's terms are locked, so that no submission slips past a deadline or into judging. */
export async function submitProject(ctx: Ctx, input: SubmitProjectInput): Promise<Outcome<ProjectRow>> {
  const seen = await ctx.loaders.project.load(input.id)
  if (!seen) return failed(noSuchProject('id'))
  await requireMember(ctx, seen)

  return ctx.transaction(
    'submitProject',
    async (tx) => {
      const event = await lockTerms(tx, seen.eventId)
      const project = await lockProject(tx, seen.id)
      if (input.expectedVersion != null && input.expectedVersion !== project.version) {
        return failed(
          contract.failure('VERSION_CONFLICT', 'The project was changed meanwhile.', [
            'input',
            'expectedVersion',
          ]),
        )
      }
      if (!stepOf(projectLife, project.status, 'SUBMITTED') || project.status !== 'DRAFT') {
        return failed(illegalTransition(projectLife, project.status, 'SUBMITTED', ['input', 'id']))
      }
      if (!takesSubmissions(event, ctx.now(), project)) {
        return failed(contract.failure('SUBMISSION_CLOSED', 'Submissions are closed.', ['input', 'id']))
      }
      if (isTooSmall(event, project)) {
        return failed(contract.failure('TEAM_TOO_SMALL', 'The team needs more members.', ['input', 'id']))
      }
      return done(
        await move(ctx, tx, project, {
          to: 'SUBMITTED',
          keep: (moved) => keepSubmission(ctx, tx, moved, event),
        }),
      )
    },
    {},
    input,
  )
}
