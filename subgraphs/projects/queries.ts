import { desc, eq } from 'drizzle-orm'
import type { Ctx } from './loaders.ts'
import { type ProjectRow, projectMembers, projects } from './tables.ts'

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
