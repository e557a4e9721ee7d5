import type { Privacy } from '@guildhall/kit/privacy'
import { and, asc, eq } from 'drizzle-orm'
import contract from './contract.ts'
import { lockOrganization } from './locks.ts'
import { part } from './memberships.ts'
import { invitations, members, organizations, teamMembers, teams } from './tables.ts'

/** Memberships end; whoever alone owns an organization has to hand it on first. */
export const privacy: Privacy = {
  async collect(ctx, userId) {
    const [memberships, inTeams, invited] = await Promise.all([
      ctx.db
        .select({ organization: organizations.name, role: members.role, joinedAt: members.joinedAt })
        .from(members)
        .innerJoin(organizations, eq(organizations.id, members.organizationId))
        .where(eq(members.userId, userId))
        .orderBy(asc(members.joinedAt), asc(members.id)),
      ctx.db
        .select({ team: teams.name, role: teamMembers.role, joinedAt: teamMembers.joinedAt })
        .from(teamMembers)
        .innerJoin(teams, eq(teams.id, teamMembers.teamId))
        .where(eq(teamMembers.userId, userId))
        .orderBy(asc(teamMembers.joinedAt), asc(teams.id)),
      ctx.db
        .select({
          organization: organizations.name,
          email: invitations.email,
          role: invitations.role,
          status: invitations.status,
          createdAt: invitations.createdAt,
        })
        .from(invitations)
        .innerJoin(organizations, eq(organizations.id, invitations.organizationId))
        .where(eq(invitations.inviteeUserId, userId))
        .orderBy(asc(invitations.createdAt), asc(invitations.id)),
    ])
    return { memberships, teams: inTeams, invitations: invited }
  },

  async blockers(ctx, userId) {
    const owned = await ctx.db
      .select({ name: organizations.name })
      .from(members)
      .innerJoin(organizations, eq(organizations.id, members.organizationId))
      .where(and(eq(members.userId, userId), eq(members.role, 'OWNER'), eq(organizations.ownerCount, 1)))
      .orderBy(asc(organizations.name))
    return owned.map(({ name }) =>
      contract.failure('LAST_OWNER', `Make somebody else an owner of ${name} first.`),
    )
  },

  async erase(ctx, tx, userId) {
    const own = await tx
      .select({ memberId: members.id, organization: organizations })
      .from(members)
      .innerJoin(organizations, eq(organizations.id, members.organizationId))
      .where(eq(members.userId, userId))
      .orderBy(asc(organizations.id))
    for (const { memberId, organization } of own) {
      await lockOrganization(tx, organization.id)
      await part(ctx, tx, organization, memberId, 'LEFT')
    }
    await tx.delete(invitations).where(eq(invitations.inviteeUserId, userId))
  },
}
