import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, or } from 'drizzle-orm'
import { countBindings, endBindings, tellPermissions } from '../bindings.ts'
import contract from '../contract.ts'
import type { DeleteTeamInput } from '../generated/graphql.ts'
import { bindingSources } from '../grants.ts'
import type { Ctx } from '../loaders.ts'
import { lockTeam } from '../locks.ts'
import { escalations } from '../roles.ts'
import { roleBindings, teamMembers, teams } from '../tables.ts'
import { tellTeam } from '../teams.ts'

/** Deletes a team, and with it what it was given and what was given over it. */
export const deleteTeam = (ctx: Ctx, input: DeleteTeamInput): Promise<Outcome<string>> =>
  ctx.transaction(
    'deleteTeam',
    async (tx) => {
      const locked = await lockTeam(ctx, tx, input.id)
      if (!locked) return failed(contract.failure('NOT_FOUND', 'There is no such team.', ['input', 'id']))
      const { id, organizationId } = locked.team
      ctx.require('teams:manage', locked.team)
      const ending = and(
        eq(roleBindings.organizationId, organizationId),
        or(eq(roleBindings.teamId, id), eq(roleBindings.scopeId, id)),
      )
      const problems = escalations(ctx, organizationId, await bindingSources(tx, ending), ['input', 'id'])
      if (problems.length > 0) return failed(...problems)
      const holders = await endBindings(tx, ending)
      const leads = await tx
        .select()
        .from(teamMembers)
        .where(and(eq(teamMembers.teamId, id), eq(teamMembers.role, 'LEAD')))
      for (const { userId } of leads) await countBindings(tx, { organizationId, userId, teamId: null }, -1)
      await tx.delete(teams).where(eq(teams.id, id))
      await tellTeam(ctx, tx, locked.team, 'DELETED')
      const affected = [...holders, ...leads.map((lead) => lead.userId)]
      await tellPermissions(ctx, tx, organizationId, affected, 'TEAM')
      return done(id)
    },
    {},
    input,
  )
