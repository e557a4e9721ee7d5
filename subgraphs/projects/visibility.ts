import type { Context } from '@guildhall/kit/context'
import { and, eq, inArray, isNull, ne, not, notInArray, or, type SQL, sql } from 'drizzle-orm'
import { standing } from './standing.ts'
import {
  eventTerms,
  joinRequests,
  projectCollaborators,
  projectMembers,
  projects,
  projectTemplates,
} from './tables.ts'
import { veiledFor } from './veil.ts'

/**
 * A project is seen by its team, its collaborators and managers; one without an event by whom its settings say; one that was handed in
 * by whoever sees the event.
 */
export function visibleTo(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  const shownEvents = ctx.db.select({ id: eventTerms.id }).from(eventTerms).where(visibleEvents(ctx))
  return or(
    ctx.viewer ? inArray(projects.id, projectsOf(ctx, ctx.viewer.userId)) : undefined,
    ctx.viewer ? inArray(projects.id, followedBy(ctx, ctx.viewer.userId)) : undefined,
    inArray(projects.organizationId, managedOrganizations(ctx)),
    inArray(projects.eventId, standing.objects(ctx, 'projects:manage')),
    and(isNull(projects.eventId), openByItself(ctx)),
    and(notInArray(projects.status, ['DRAFT', 'WITHDRAWN']), inArray(projects.eventId, shownEvents)),
  )
}

/** What a project without an event says of itself. */
const openByItself = (ctx: Context): SQL | undefined =>
  or(
    and(eq(projects.visibility, 'PUBLIC'), ne(projects.status, 'WITHDRAWN')),
    and(
      ne(projects.visibility, 'TEAM'),
      inArray(projects.organizationId, Object.keys(ctx.viewer?.grants ?? {})),
    ),
  )

/** Unlisted events are found by their id alone: a list gives them away neither by themselves nor by their projects. */
export function listedFor(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  const listed = ctx.db
    .select({ id: eventTerms.id })
    .from(eventTerms)
    .where(ne(eventTerms.visibility, 'UNLISTED'))
  return or(
    isNull(projects.eventId),
    inArray(projects.eventId, listed),
    inArray(projects.organizationId, Object.keys(ctx.viewer?.grants ?? {})),
    ctx.viewer ? inArray(projects.id, projectsOf(ctx, ctx.viewer.userId)) : undefined,
    ctx.viewer ? inArray(projects.id, followedBy(ctx, ctx.viewer.userId)) : undefined,
  )
}

/** A place in a team is seen by whoever sees the project and is told of its people. */
export const visibleMembers = (ctx: Context): SQL =>
  inArray(
    projectMembers.projectId,
    ctx.db
      .select({ id: projects.id })
      .from(projects)
      .where(and(visibleTo(ctx), ctx.viewer ? not(veiledFor(ctx) ?? sql`false`) : undefined)),
  )

/** A request to join is seen by whoever made it, the team and managers. */
export function visibleRequests(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  if (!ctx.viewer) return sql`false`
  const { userId } = ctx.viewer
  return or(
    eq(joinRequests.userId, userId),
    inArray(joinRequests.projectId, projectsOf(ctx, userId)),
    inArray(joinRequests.projectId, managedProjects(ctx)),
  )
}

/** The same rule by which events shows an event; managers see drafts too. */
export function visibleEvents(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  return or(
    and(
      ne(eventTerms.status, 'DRAFT'),
      or(
        ne(eventTerms.visibility, 'ORGANIZATION'),
        inArray(eventTerms.organizationId, Object.keys(ctx.viewer?.grants ?? {})),
        inArray(eventTerms.id, standing.objects(ctx, null)),
      ),
    ),
    inArray(eventTerms.organizationId, managedOrganizations(ctx)),
    inArray(eventTerms.id, standing.objects(ctx, 'projects:manage')),
  )
}

/** A collaborator is seen by those who see the drafts of the team. */
export function visibleCollaborators(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  if (!ctx.viewer) return sql`false`
  const { userId } = ctx.viewer
  return or(
    inArray(projectCollaborators.projectId, projectsOf(ctx, userId)),
    inArray(projectCollaborators.projectId, followedBy(ctx, userId)),
    inArray(projectCollaborators.projectId, managedProjects(ctx)),
  )
}

/** Templates are seen by everybody of their organization. */
export const visibleTemplates = (ctx: Context): SQL | undefined =>
  ctx.caller.kind === 'service'
    ? undefined
    : inArray(projectTemplates.organizationId, Object.keys(ctx.viewer?.grants ?? {}))

const managedProjects = (ctx: Context) =>
  ctx.db
    .select({ id: projects.id })
    .from(projects)
    .where(
      or(
        inArray(projects.organizationId, managedOrganizations(ctx)),
        inArray(projects.eventId, standing.objects(ctx, 'projects:manage')),
      ),
    )

const followedBy = (ctx: Context, userId: string) =>
  ctx.db
    .select({ id: projectCollaborators.projectId })
    .from(projectCollaborators)
    .where(eq(projectCollaborators.userId, userId))

const projectsOf = (ctx: Context, userId: string) =>
  ctx.db
    .select({ id: projectMembers.projectId })
    .from(projectMembers)
    .where(eq(projectMembers.userId, userId))

const managedOrganizations = (ctx: Context): string[] =>
  Object.keys(ctx.viewer?.grants ?? {}).filter((organizationId) =>
    ctx.can('projects:manage', { organizationId }),
  )
