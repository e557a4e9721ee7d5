import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf, tidy } from '@guildhall/kit/validate'
import contract from '../contract.ts'
import { teamDraft } from '../domain/drafts.ts'
import type { CreateTeamInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockOrganization } from '../locks.ts'
import { type TeamRow, teams } from '../tables.ts'
import { teamConstraints, tellTeam } from '../teams.ts'

/** Makes a team, with nobody in it. */
export async function createTeam(ctx: Ctx, input: CreateTeamInput): Promise<Outcome<TeamRow>> {
  const organization = await ctx.loaders.organization.load(input.organizationId)
  if (!organization) return failed(noSuchOrganization())
  const { id: organizationId } = organization
  ctx.require('teams:manage', { organizationId })
  const problems = problemsOf(teamDraft, input)
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'createTeam',
    async (tx) => {
      if (!(await lockOrganization(tx, organizationId, 'share'))) return failed(noSuchOrganization())
      const now = ctx.now()
      const [team] = await tx
        .insert(teams)
        .values({
          id: ctx.newId('tem'),
          organizationId,
          name: input.name.trim(),
          description: tidy(input.description),
          createdAt: now,
          updatedAt: now,
        })
        .returning()
      if (!team) throw new Error('insert returned nothing')
      await tellTeam(ctx, tx, team, 'CREATED')
      return done(team)
    },
    teamConstraints,
    input,
  )
}

const noSuchOrganization = () =>
  contract.failure('NOT_FOUND', 'There is no such organization.', ['input', 'organizationId'])
