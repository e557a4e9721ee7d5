import type { Failure } from '@guildhall/kit/outcome'
import contract from './contract.ts'
import type { Ctx } from './loaders.ts'
import { standing } from './standing.ts'
import type { ProjectMemberRow, ProjectRow } from './tables.ts'

/** The caller's place in a team, or null. */
export async function ownPlace(ctx: Ctx, project: ProjectRow): Promise<ProjectMemberRow | null> {
  const userId = ctx.viewer?.userId
  const members = await ctx.loaders.members.load(project.id)
  return members.find((member) => member.userId === userId) ?? null
}

/** Whether the caller is in the team, manages the project, or is one of our services. */
export const isInside = async (ctx: Ctx, project: ProjectRow): Promise<boolean> =>
  (await isManager(ctx, project)) || (await ownPlace(ctx, project)) !== null

/** Whether the caller sees what the team works on: drafts, and everything that was ever handed in. */
export async function seesDrafts(ctx: Ctx, project: ProjectRow): Promise<boolean> {
  if (await isInside(ctx, project)) return true
  const collaborators = await ctx.loaders.collaborators.load(project.id)
  return collaborators.some(({ userId }) => userId === ctx.viewer?.userId)
}

/** @throws Forbidden unless the caller is in the team. */
export async function requireMember(ctx: Ctx, project: ProjectRow): Promise<void> {
  if (!(await ownPlace(ctx, project))) ctx.require('projects:manage', { organizationId: null })
}

/** @throws Forbidden unless the caller owns the project or manages those of the organization. */
export async function requireOwner(ctx: Ctx, project: ProjectRow): Promise<void> {
  if ((await ownPlace(ctx, project))?.role !== 'OWNER') await requireManager(ctx, project)
}

/** @throws Forbidden unless the caller may take people into the team. */
export async function requireInviter(ctx: Ctx, project: ProjectRow): Promise<void> {
  const place = await ownPlace(ctx, project)
  if (!place || (place.role === 'MEMBER' && !project.canMembersInvite)) await requireOwner(ctx, project)
}

/** Whether the caller decides on the projects of the organization, or on those of the project's event. */
export async function isManager(
  ctx: Ctx,
  { organizationId, eventId }: Pick<ProjectRow, 'organizationId' | 'eventId'>,
): Promise<boolean> {
  if (eventId === null) return ctx.can('projects:manage', { organizationId })
  return standing.can(ctx, 'projects:manage', { organizationId, id: eventId })
}

/** @throws Unauthenticated or Forbidden unless {@link isManager}. */
export async function requireManager(ctx: Ctx, project: ProjectRow): Promise<void> {
  if (!(await isManager(ctx, project))) ctx.require('projects:manage', project)
}

/** The answer to an id that leads to nothing the caller may see. */
export const noSuchProject = (field: 'id' | 'projectId'): Failure =>
  contract.failure('NOT_FOUND', 'There is no such project.', ['input', field])
