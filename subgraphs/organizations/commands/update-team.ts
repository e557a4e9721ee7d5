import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf, tidy } from '@guildhall/kit/validate'
import { and, eq } from 'drizzle-orm'
import contract from '../contract.ts'
import { teamDraft } from '../domain/drafts.ts'
import type { UpdateTeamInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type TeamRow, teams } from '../tables.ts'
import { teamConstraints, tellTeam } from '../teams.ts'

/** Changes name or description: what is left out (or null) stays. */
export async function updateTeam(ctx: Ctx, input: UpdateTeamInput): Promise<Outcome<TeamRow>> {
  const team = await ctx.loaders.team.load(input.id)
  if (!team) return failed(contract.failure('NOT_FOUND', 'There is no such team.', ['input', 'id']))
  ctx.require('teams:manage', team)
  const wanted = {
    name: (input.name ?? team.name).trim(),
    description: input.description == null ? team.description : tidy(input.description),
  }
  const problems = problemsOf(teamDraft, wanted)
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'updateTeam',
    async (tx) => {
      const seen = input.expectedVersion ?? team.version
      const [changed] = await tx
        .update(teams)
        .set({ ...wanted, version: seen + 1, updatedAt: ctx.now() })
        .where(and(eq(teams.id, team.id), eq(teams.version, seen)))
        .returning()
      if (!changed) {
        const path = ['input', 'expectedVersion']
        return failed(contract.failure('VERSION_CONFLICT', 'The team was changed meanwhile.', path))
      }
      await tellTeam(ctx, tx, changed, 'UPDATED')
      return done(changed)
    },
    teamConstraints,
    input,
  )
}
