import { BadUserInput } from '@guildhall/kit/errors'
import { isId } from '@guildhall/kit/ids'
import { and, asc, eq, gt } from 'drizzle-orm'
import { rightsOf } from './domain/grants.ts'
import { hashOf } from './domain/invitation.ts'
import type { OrganizationGrant, QueryTeamAudienceArgs } from './generated/graphql.ts'
import { sourcesOf } from './grants.ts'
import type { Ctx } from './loaders.ts'
import { invitations, type OrganizationInvitationRow, teamMembers } from './tables.ts'

/** What a person may do in which organization: the role, and what bindings and teams add to it. */
export async function grantsOf(ctx: Ctx, userId: string): Promise<OrganizationGrant[]> {
  if (!isId('usr', userId)) return []
  const sources = Map.groupBy(await sourcesOf(ctx.db, userId), (source) => source.organizationId)
  return [...sources.values()].flatMap((here) => {
    const membership = here.find((source) => source.kind === 'MEMBERSHIP')
    if (!membership) return []
    const { organizationId, role } = membership.member
    return [{ organizationId, role, ...rightsOf(here) }]
  })
}

/** The invitation that a token was made for; whoever has the token may see it. */
export async function invitationByToken(ctx: Ctx, token: string): Promise<OrganizationInvitationRow | null> {
  const [invitation] = await ctx.db
    .select()
    .from(invitations)
    .where(eq(invitations.tokenHash, hashOf(token)))
  return invitation ?? null
}

const audienceMax = 10_000

/** Who is in a team, in the order of their ids: pages of it can be asked for one by one. */
export async function teamAudience(
  ctx: Ctx,
  { organizationId, teamId, after, first }: QueryTeamAudienceArgs,
): Promise<string[]> {
  if (first < 1 || first > audienceMax)
    throw new BadUserInput(`"first" must be between 1 and ${audienceMax}.`)
  const rows = await ctx.db
    .select({ userId: teamMembers.userId })
    .from(teamMembers)
    .where(
      and(
        eq(teamMembers.organizationId, organizationId),
        eq(teamMembers.teamId, teamId),
        after == null ? undefined : gt(teamMembers.userId, after),
      ),
    )
    .orderBy(asc(teamMembers.userId))
    .limit(first)
  return rows.map((row) => row.userId)
}
