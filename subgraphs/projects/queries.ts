import { BadUserInput } from '@guildhall/kit/errors'
import { type Connection, connection, keyset } from '@guildhall/kit/paging'
import { and, asc, count, desc, eq, gt, inArray } from 'drizzle-orm'
import type { QueryProjectAudienceArgs, QueryProjectsArgs } from './generated/graphql.ts'
import type { Ctx } from './loaders.ts'
import { matching } from './matching.ts'
import { firstStarted, orderOf } from './order.ts'
import {
  joinRequests,
  type ProjectJoinRequestRow,
  type ProjectRow,
  projectMembers,
  projects,
} from './tables.ts'
import { listedFor, visibleTo } from './visibility.ts'

/** The list behind `Query.projects`. */
export async function listProjects(ctx: Ctx, args: QueryProjectsArgs): Promise<Connection<ProjectRow>> {
  const page = { first: args.first ?? 20, after: args.after }
  const keys = args.orderBy ? orderOf(args.orderBy) : firstStarted
  const set = keyset('Query.projects', keys, page)
  const where = and(visibleTo(ctx), listedFor(ctx), matching(ctx, args.filter))
  const rows = await ctx.db
    .select()
    .from(projects)
    .where(and(where, set.where))
    .orderBy(...set.orderBy)
    .limit(set.limit)
  return connection('Query.projects', keys, page, rows, async () => {
    const [total] = await ctx.db.select({ count: count() }).from(projects).where(where)
    return Number(total?.count ?? 0)
  })
}

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
