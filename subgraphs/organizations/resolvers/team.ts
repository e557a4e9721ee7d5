import { reference } from '@guildhall/kit/entities'
import type { TeamMemberResolvers, TeamResolvers } from '../generated/graphql.ts'
import { organizationOf } from './organization-of.ts'
import { pageOf } from './page-of.ts'

export const Team: TeamResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.team.load(id),
  organization: organizationOf,
  members: ({ id }, args, ctx) => ctx.loaders.membersOfTeam.load(pageOf(id, args)),
}

export const TeamMember: TeamMemberResolvers = {
  team: async ({ teamId }, _, ctx) => {
    const team = await ctx.loaders.team.load(teamId)
    if (!team) throw new Error(`team ${teamId} is gone`)
    return team
  },
  user: (member) => reference('User', member.userId),
}
