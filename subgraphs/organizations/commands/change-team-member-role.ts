import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import { bindingConstraints, countBindings } from '../bindings.ts'
import type { ChangeTeamMemberRoleInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockTeam } from '../locks.ts'
import { type TeamMemberRow, teamMembers } from '../tables.ts'
import { memberOfTeam, noSuchTeam, notInTeam, requireLead, tellTeamMember } from '../teams.ts'

/** Makes somebody in a team a lead of it, or no lead any more. */
export const changeTeamMemberRole = (
  ctx: Ctx,
  input: ChangeTeamMemberRoleInput,
): Promise<Outcome<TeamMemberRow>> =>
  ctx.transaction(
    'changeTeamMemberRole',
    async (tx) => {
      const locked = await lockTeam(ctx, tx, input.teamId)
      if (!locked) return failed(noSuchTeam())
      requireLead(ctx, locked.team)
      const { userId, role } = input
      const { id: teamId, organizationId } = locked.team
      const member = await memberOfTeam(tx, teamId, userId)
      if (!member) return failed(notInTeam())
      if (member.role === role) return done(member)
      const [changed] = await tx
        .update(teamMembers)
        .set({ role })
        .where(and(eq(teamMembers.teamId, teamId), eq(teamMembers.userId, userId)))
        .returning()
      if (!changed) throw new Error('the member of a locked team is gone')
      await countBindings(tx, { organizationId, userId, teamId: null }, role === 'LEAD' ? 1 : -1)
      await tellTeamMember(ctx, tx, changed, 'ROLE_CHANGED', true)
      return done(changed)
    },
    bindingConstraints,
    input,
  )
