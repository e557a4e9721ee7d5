import type { Context } from '@guildhall/kit/context'
import { byId, byParent } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import type { OrderKey } from '@guildhall/kit/paging'
import { and, asc, desc, eq, inArray, isNull, ne, notInArray, or, type SQL } from 'drizzle-orm'
import type { ProjectFilter } from './generated/graphql.ts'
import {
  type EventTermsRow,
  eventTerms,
  type ProjectMemberRow,
  type ProjectRow,
  type ProjectTransitionRow,
  projectMembers,
  projects,
  projectTransitions,
} from './tables.ts'

export type Ctx = Context<ReturnType<typeof loaders>>

/** Batches of one operation. */
export const loaders = (ctx: Context) => ({
  eventTerms: byId<EventTermsRow>(ctx, 'evt', eventTerms, visibleEvents(ctx)),
  project: byId<ProjectRow>(ctx, 'prj', projects, visibleTo(ctx)),
  member: byId<ProjectMemberRow>(ctx, 'prm', projectMembers, visibleMembers(ctx)),
  members: byParent<ProjectMemberRow>(
    (projectIds) =>
      ctx.db
        .select()
        .from(projectMembers)
        .where(inArray(projectMembers.projectId, [...projectIds]))
        .orderBy(asc(projectMembers.joinedAt), asc(projectMembers.id)),
    (row) => row.projectId,
  ),
  history: byParent<ProjectTransitionRow>(
    (projectIds) =>
      ctx.db
        .select()
        .from(projectTransitions)
        .where(inArray(projectTransitions.projectId, [...projectIds]))
        .orderBy(desc(projectTransitions.at), desc(projectTransitions.id)),
    (row) => row.projectId,
  ),
  projectsOfEvent: pagesByParent<ProjectRow, ProjectFilter | null>(ctx, {
    list: 'Event.projects',
    table: projects,
    parent: projects.eventId,
    parentOf: (row) => row.eventId ?? '',
    keys: firstStarted,
    where: (filter) => and(visibleTo(ctx), matching(filter)),
  }),
  projectsOfOrganization: pagesByParent<ProjectRow, ProjectFilter | null>(ctx, {
    list: 'Organization.projects',
    table: projects,
    parent: projects.organizationId,
    parentOf: (row) => row.organizationId,
    keys: firstStarted,
    where: (filter) => and(visibleTo(ctx), matching(filter)),
  }),
})

const firstStarted: OrderKey<ProjectRow>[] = [
  { column: projects.createdAt, direction: 'ASC', value: (row) => row.createdAt },
  { column: projects.id, direction: 'ASC', value: (row) => row.id },
]

const matching = (filter: ProjectFilter | null): SQL | undefined =>
  filter?.status ? inArray(projects.status, filter.status) : undefined

/**
 * A project is seen by its team and by managers of the organization; one without an event by the whole organization;
 * one that was handed in by whoever sees the event.
 */
export function visibleTo(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  const shownEvents = ctx.db.select({ id: eventTerms.id }).from(eventTerms).where(visibleEvents(ctx))
  return or(
    ctx.viewer ? inArray(projects.id, projectsOf(ctx, ctx.viewer.userId)) : undefined,
    inArray(projects.organizationId, managedOrganizations(ctx)),
    and(isNull(projects.eventId), inArray(projects.organizationId, Object.keys(ctx.viewer?.grants ?? {}))),
    and(notInArray(projects.status, ['DRAFT', 'WITHDRAWN']), inArray(projects.eventId, shownEvents)),
  )
}

const visibleMembers = (ctx: Context): SQL =>
  inArray(projectMembers.projectId, ctx.db.select({ id: projects.id }).from(projects).where(visibleTo(ctx)))

/** The same rule by which events shows an event; managers see drafts too. */
function visibleEvents(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  return or(
    and(
      ne(eventTerms.status, 'DRAFT'),
      or(
        ne(eventTerms.visibility, 'ORGANIZATION'),
        inArray(eventTerms.organizationId, Object.keys(ctx.viewer?.grants ?? {})),
      ),
    ),
    inArray(eventTerms.organizationId, managedOrganizations(ctx)),
  )
}

const projectsOf = (ctx: Context, userId: string) =>
  ctx.db
    .select({ id: projectMembers.projectId })
    .from(projectMembers)
    .where(eq(projectMembers.userId, userId))

const managedOrganizations = (ctx: Context): string[] =>
  Object.keys(ctx.viewer?.grants ?? {}).filter((organizationId) =>
    ctx.can('projects:manage', { organizationId }),
  )
