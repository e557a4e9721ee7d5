import type { Context } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import DataLoader from 'dataloader'
import { and, arrayContains, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import { normalisedTag } from '../domain/tags.ts'
import type { Ctx } from '../loaders.ts'
import { firstStarted } from '../order.ts'
import { takesPart } from '../projection.ts'
import { eventTerms, type ProjectRow, projects } from '../tables.ts'

/** Pages of the teams of an event that look for members; whoever asks for them has been let in before. */
export const openTeamsByEvent = (ctx: Context) =>
  pagesByParent<ProjectRow, string | null>(ctx, {
    list: 'Event.openTeams',
    table: projects,
    parent: projects.eventId,
    parentOf: (row) => row.eventId ?? '',
    keys: firstStarted,
    where: (tag) =>
      and(
        looksForMembers(ctx),
        tag === null ? undefined : arrayContains(projects.tags, [normalisedTag(tag)]),
      ),
  })

/** Events whose open teams the caller is shown: one request to participants for each. */
export const teamBoards = (ctx: Context) =>
  new DataLoader<string, boolean>((eventIds) =>
    Promise.all(eventIds.map((eventId) => (ctx.viewer ? takesPart(ctx, eventId, ctx.viewer.userId) : false))),
  )

/** The project of a team that the caller may know of because it looks for members, or sees anyway. */
export async function openTeam(ctx: Ctx, projectId: string): Promise<ProjectRow | null> {
  const seen = await ctx.loaders.project.load(projectId)
  if (seen?.eventId === null) return seen
  if (!isId('prj', projectId)) return null
  const [project] = await ctx.db.select().from(projects).where(eq(projects.id, projectId))
  if (!project?.eventId || !(seen ?? project.isOpenToJoin)) return null
  return (await ctx.loaders.teamBoard.load(project.eventId)) ? project : null
}

const looksForMembers = (ctx: Context): SQL | undefined =>
  and(
    projects.isOpenToJoin,
    eq(projects.status, 'DRAFT'),
    or(
      isNull(projects.eventId),
      sql`exists (${ctx.db
        .select({ one: sql`1` })
        .from(eventTerms)
        .where(
          and(
            eq(eventTerms.id, projects.eventId),
            sql`${eventTerms.status} in ('PUBLISHED', 'IN_PROGRESS')`,
            sql`${projects.memberCount} < ${eventTerms.maxTeamSize}`,
          ),
        )})`,
    ),
  )
