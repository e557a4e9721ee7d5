import { anyOf } from '@guildhall/kit/any-of'
import type { Context } from '@guildhall/kit/context'
import { historyByParent } from '@guildhall/kit/history'
import { byId, byParent } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import type { OrderKey } from '@guildhall/kit/paging'
import { and, asc, desc, inArray, type SQL } from 'drizzle-orm'
import type { ProjectFilter } from './generated/graphql.ts'
import {
  type EventTermsRow,
  eventTerms,
  type ProjectMemberRow,
  type ProjectRow,
  type ProjectSubmissionRow,
  type ProjectTransitionRow,
  projectMembers,
  projectSubmissions,
  projects,
  projectTransitions,
} from './tables.ts'
import { listedFor, visibleEvents, visibleMembers, visibleTo } from './visibility.ts'

export type Ctx = Context<ReturnType<typeof loaders>>

/** Batches of one operation. */
export const loaders = (ctx: Context) => ({
  eventTerms: byId<EventTermsRow>(ctx, 'evt', eventTerms, visibleEvents(ctx)),
  /** Of projects that the caller sees: their deadline is no secret, even where the event is. */
  ownTerms: byId<EventTermsRow>(ctx, 'evt', eventTerms),
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
  submissions: historyByParent<ProjectSubmissionRow>(
    ctx,
    projectSubmissions,
    projectSubmissions.projectId,
    (row) => row.projectId,
  ),
  /** What counts of a project, by its id. */
  submission: byParent<ProjectSubmissionRow>(
    (projectIds) =>
      ctx.db
        .selectDistinctOn([projectSubmissions.projectId])
        .from(projectSubmissions)
        .where(anyOf(projectSubmissions.projectId, projectIds))
        .orderBy(asc(projectSubmissions.projectId), desc(projectSubmissions.number)),
    (row) => row.projectId,
  ),
  history: historyByParent<ProjectTransitionRow>(
    ctx,
    projectTransitions,
    projectTransitions.projectId,
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
    where: (filter) => and(visibleTo(ctx), listedFor(ctx), matching(filter)),
  }),
})

const firstStarted: OrderKey<ProjectRow>[] = [
  { column: projects.createdAt, direction: 'ASC', value: (row) => row.createdAt },
  { column: projects.id, direction: 'ASC', value: (row) => row.id },
]

const matching = (filter: ProjectFilter | null): SQL | undefined =>
  filter?.status ? inArray(projects.status, filter.status) : undefined
