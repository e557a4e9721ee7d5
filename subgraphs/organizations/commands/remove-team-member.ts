import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import { countBindings } from '../bindings.ts'
import type { RemoveTeamMemberInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockTeam } from '../locks.ts'
import { escalations } from '../roles.ts'
import { type TeamRow, teamMembers } from '../tables.ts'
import {
  bindingsOfTeam,
  memberOfTeam,
  noSuchTeam,
  notInTeam,
  requireLead,
  tellTeamMember,
  worthOf,
} from '../teams.ts'

/** Ends somebody's place in a team. One's own anybody may end. */
export const removeTeamMember = (ctx: Ctx, input: RemoveTeamMemberInput): Promise<Outcome<TeamRow>> =>
  ctx.transaction(
    'removeTeamMember',
    async (tx) => {
      const locked = await lockTeam(ctx, tx, input.teamId)
      if (!locked) return failed(noSuchTeam())
      const { id: teamId, organizationId } = locked.team
      const { userId } = input
      const bindings = await bindingsOfTeam(tx, teamId)
      if (userId !== ctx.requireViewer().userId) {
        requireLead(ctx, locked.team)
        const problems = escalations(ctx, organizationId, bindings, ['input', 'teamId'])
        if (problems.length > 0) return failed(...problems)
      }
      const member = await memberOfTeam(tx, teamId, userId)
      if (!member) return failed(notInTeam())
      const worth = worthOf(member.role, bindings)
      await tx.delete(teamMembers).where(and(eq(teamMembers.teamId, teamId), eq(teamMembers.userId, userId)))
      await countBindings(tx, { organizationId, userId, teamId: null }, -worth)
      await tellTeamMember(ctx, tx, member, 'LEFT', worth > 0)
      return done(locked.team)
    },
    {},
    input,
  )
