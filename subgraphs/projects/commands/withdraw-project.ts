import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition, stepOf } from '@guildhall/kit/state-machine'
import { line, problemsOf, tidy } from '@guildhall/kit/validate'
import { z } from 'zod'
import { projectLife } from '../domain/project-status.ts'
import type { WithdrawProjectInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockProject, move } from '../moves.ts'
import type { ProjectRow } from '../tables.ts'
import { noSuchProject, requireOwner } from '../team.ts'

/** Gives a project up; its members are free for other teams. */
export async function withdrawProject(ctx: Ctx, input: WithdrawProjectInput): Promise<Outcome<ProjectRow>> {
  const seen = await ctx.loaders.project.load(input.id)
  if (!seen) return failed(noSuchProject('id'))
  await requireOwner(ctx, seen)
  const reason = tidy(input.reason)
  const problems = problemsOf(z.object({ reason: line(1_000).nullable() }), { reason })
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'withdrawProject',
    async (tx) => {
      const project = await lockProject(tx, seen.id)
      if (!stepOf(projectLife, project.status, 'WITHDRAWN')) {
        return failed(illegalTransition(projectLife, project.status, 'WITHDRAWN', ['input', 'id']))
      }
      return done(await move(ctx, tx, project, { to: 'WITHDRAWN', reason }))
    },
    {},
    input,
  )
}
