import type { Privacy } from '@guildhall/kit/privacy'
import { asc, eq } from 'drizzle-orm'
import { depart } from './departure.ts'
import type { Ctx } from './loaders.ts'
import { lockProject, move } from './moves.ts'
import { joinAttempts, joinRequests, projectCollaborators, projectMembers, projects } from './tables.ts'

/** Drafts are left, or given up by their last member. What a team has handed in stays as it was judged. */
export const privacy: Privacy = {
  async collect(ctx, userId) {
    const rows = await ctx.db
      .select({ project: projects, member: projectMembers })
      .from(projectMembers)
      .innerJoin(projects, eq(projects.id, projectMembers.projectId))
      .where(eq(projectMembers.userId, userId))
      .orderBy(asc(projectMembers.joinedAt), asc(projectMembers.id))
    const requests = await ctx.db
      .select({ project: projects.title, request: joinRequests })
      .from(joinRequests)
      .innerJoin(projects, eq(projects.id, joinRequests.projectId))
      .where(eq(joinRequests.userId, userId))
      .orderBy(asc(joinRequests.createdAt), asc(joinRequests.id))
    const followed = await ctx.db
      .select({ project: projects.title, collaborator: projectCollaborators })
      .from(projectCollaborators)
      .innerJoin(projects, eq(projects.id, projectCollaborators.projectId))
      .where(eq(projectCollaborators.userId, userId))
      .orderBy(asc(projectCollaborators.addedAt), asc(projectCollaborators.id))
    return {
      collaborations: followed.map(({ project, collaborator }) => ({
        project,
        role: collaborator.role,
        addedAt: collaborator.addedAt,
      })),
      joinRequests: requests.map(({ project, request }) => ({
        project,
        message: request.message,
        status: request.status,
        askedAt: request.createdAt,
      })),
      projects: rows.map(({ project, member }) => ({
        title: project.title,
        summary: project.summary,
        repositoryUrl: project.repositoryUrl,
        demoUrl: project.demoUrl,
        videoUrl: project.videoUrl,
        tags: project.tags,
        lookingFor: project.lookingFor,
        status: project.status,
        role: member.role,
        joinedAt: member.joinedAt,
      })),
    }
  },

  async erase(ctx, tx, userId) {
    const own = await tx
      .select({ projectId: projectMembers.projectId })
      .from(projectMembers)
      .where(eq(projectMembers.userId, userId))
      .orderBy(asc(projectMembers.projectId))
    for (const { projectId } of own) {
      const project = await lockProject(tx, projectId)
      if (project.status !== 'DRAFT') continue
      if (project.memberCount === 1) await move(ctx, tx, project, { to: 'WITHDRAWN' })
      else await depart(ctx as Ctx, tx, projectId, userId, [])
    }
    await tx.delete(projectCollaborators).where(eq(projectCollaborators.userId, userId))
    await tx.delete(joinRequests).where(eq(joinRequests.userId, userId))
    await tx.delete(joinAttempts).where(eq(joinAttempts.id, userId))
  },
}
