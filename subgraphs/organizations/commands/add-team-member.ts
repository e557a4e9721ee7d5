import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import { bindingConstraints, countBindings } from '../bindings.ts'
import contract from '../contract.ts'
import type { AddTeamMemberInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockTeam } from '../locks.ts'
import { escalations } from '../roles.ts'
import { members, type TeamMemberRow, teamMembers } from '../tables.ts'
import {
  bindingsOfTeam,
  noSuchTeam,
  requireLead,
  teamConstraints,
  tellTeamMember,
  worthOf,
} from '../teams.ts'

/** Puts a member of the organization into a team, which gives them what the team was given: no more than the caller has. */
export const addTeamMember = (ctx: Ctx, input: AddTeamMemberInput): Promise<Outcome<TeamMemberRow>> =>
  ctx.transaction(
    'addTeamMember',
    async (tx) => {
      const locked = await lockTeam(ctx, tx, input.teamId)
      if (!locked) return failed(noSuchTeam())
      const { id: teamId, organizationId } = locked.team
      requireLead(ctx, locked.team)
      const { userId, role } = input
      const bindings = await bindingsOfTeam(tx, teamId)
      const problems = escalations(ctx, organizationId, bindings, ['input', 'teamId'])
      if (problems.length > 0) return failed(...problems)
      const belongs = and(eq(members.organizationId, organizationId), eq(members.userId, userId))
      const [person] = await tx.select({ id: members.id }).from(members).where(belongs)
      if (!person) return failed(notAMember())
      const [member] = await tx
        .insert(teamMembers)
        .values({ teamId, organizationId, userId, role, joinedAt: ctx.now() })
        .returning()
      if (!member) throw new Error('insert returned nothing')
      await countBindings(tx, { organizationId, userId, teamId: null }, worthOf(role, bindings))
      await tellTeamMember(ctx, tx, member, 'JOINED', worthOf(role, bindings) > 0)
      return done(member)
    },
    { ...teamConstraints, ...bindingConstraints },
    input,
  )

const notAMember = () =>
  contract.failure('NOT_A_MEMBER', 'Does not belong to the organization.', ['input', 'userId'])
