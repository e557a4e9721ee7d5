import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition, stepOf } from '@guildhall/kit/state-machine'
import { line, problemsOf } from '@guildhall/kit/validate'
import { z } from 'zod'
import contract from '../contract.ts'
import { projectLife } from '../domain/project-status.ts'
import type { DisqualifyProjectInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockProject, move } from '../moves.ts'
import type { ProjectRow } from '../tables.ts'
import { noSuchProject, requireManager } from '../team.ts'

/** A manager takes a project out of the running. */
export async function disqualifyProject(
  ctx: Ctx,
  input: DisqualifyProjectInput,
): Promise<Outcome<ProjectRow>> {
  const seen = await ctx.loaders.project.load(input.id)
  if (!seen) return failed(noSuchProject('id'))
  await requireManager(ctx, seen)
  const reason = input.reason.trim()
  if (reason === '') return failed(contract.failure('REASON_REQUIRED', 'Say why.', ['input', 'reason']))
  const problems = problemsOf(z.object({ reason: line(1_000) }), { reason })
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'disqualifyProject',
    async (tx) => {
      const project = await lockProject(tx, seen.id)
      if (!stepOf(projectLife, project.status, 'DISQUALIFIED')) {
        return failed(illegalTransition(projectLife, project.status, 'DISQUALIFIED', ['input', 'id']))
      }
      return done(await move(ctx, tx, project, { to: 'DISQUALIFIED', reason }))
    },
    {},
    input,
  )
}
