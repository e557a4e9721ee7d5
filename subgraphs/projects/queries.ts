import { BadUserInput } from '@guildhall/kit/errors'
import { and, asc, desc, eq, gt, inArray } from 'drizzle-orm'
import type { QueryProjectAudienceArgs } from './generated/graphql.ts'
import type { Ctx } from './loaders.ts'
import {
  joinRequests,
  type ProjectJoinRequestRow,
  type ProjectRow,
  projectMembers,
  projects,
} from './tables.ts'

const ownMax = 100

/** The projects that somebody is in, the latest to join on top. */
export async function projectsOfMember(ctx: Ctx, userId: string): Promise<ProjectRow[]> {
  const rows = await ctx.db
    .select({ project: projects })
    .from(projectMembers)
    .innerJoin(projects, eq(projects.id, projectMembers.projectId))
    .where(eq(projectMembers.userId, userId))
    .orderBy(desc(projectMembers.joinedAt), desc(projectMembers.id))
    .limit(ownMax)
  return rows.map((row) => row.project)
}

/** What somebody has asked of teams, the latest on top. */
export const requestsOfPerson = (ctx: Ctx, userId: string): Promise<ProjectJoinRequestRow[]> =>
  ctx.db
    .select()
    .from(joinRequests)
    .where(eq(joinRequests.userId, userId))
    .orderBy(desc(joinRequests.createdAt), desc(joinRequests.id))
    .limit(ownMax)

const audienceMax = 10_000

/** Who is in the teams, each person once, in the order of their ids: pages of it can be asked for one by one. */
export async function projectAudience(
  ctx: Ctx,
  { organizationId, eventId, projectId, status, after, first }: QueryProjectAudienceArgs,
): Promise<string[]> {
  if (first < 1 || first > audienceMax)
    throw new BadUserInput(`"first" must be between 1 and ${audienceMax}.`)
  const rows = await ctx.db
    .selectDistinct({ userId: projectMembers.userId })
    .from(projectMembers)
    .innerJoin(projects, eq(projects.id, projectMembers.projectId))
    .where(
      and(
        eq(projects.organizationId, organizationId),
        eventId == null ? undefined : eq(projects.eventId, eventId),
        projectId == null ? undefined : eq(projects.id, projectId),
        status == null ? undefined : inArray(projects.status, status),
        after == null ? undefined : gt(projectMembers.userId, after),
      ),
    )
    .orderBy(asc(projectMembers.userId))
    .limit(first)
  return rows.map((row) => row.userId)
}
