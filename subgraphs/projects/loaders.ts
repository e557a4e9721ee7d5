import { anyOf } from '@guildhall/kit/any-of'
import type { Context } from '@guildhall/kit/context'
import { historyByParent } from '@guildhall/kit/history'
import { byId, byParent } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import type { OrderKey } from '@guildhall/kit/paging'
import DataLoader from 'dataloader'
import { and, asc, desc, inArray, isNull } from 'drizzle-orm'
import type { ProjectFilter } from './generated/graphql.ts'
import { matching } from './matching.ts'
import { inOrder } from './order.ts'
import {
  type EventTermsRow,
  eventTerms,
  joinRequests,
  type ProjectCollaboratorRow,
  type ProjectExtensionRow,
  type ProjectJoinRequestRow,
  type ProjectMemberRow,
  type ProjectRow,
  type ProjectSubmissionRow,
  type ProjectTemplateRow,
  type ProjectTransitionRow,
  projectCollaborators,
  projectExtensions,
  projectMembers,
  projectSubmissions,
  projects,
  projectTemplates,
  projectTransitions,
} from './tables.ts'
import { openTeamsByEvent, teamBoards } from './teams/open-teams.ts'
import { veiledFor } from './veil.ts'
import {
  listedFor,
  visibleCollaborators,
  visibleEvents,
  visibleMembers,
  visibleRequests,
  visibleTemplates,
  visibleTo,
} from './visibility.ts'

export type Ctx = Context<ReturnType<typeof loaders>>

/** Batches of one operation, and how to forget what they have read of a project that a command has changed. */
export function loaders(ctx: Context) {
  const made = batches(ctx)
  const ofProject = [
    made.project,
    made.members,
    made.submission,
    made.submissions,
    made.history,
    made.collaborators,
    made.extensions,
  ]
  return {
    ...made,
    forget(projectId: string): void {
      for (const loader of ofProject) loader.clear(projectId)
    },
  }
}

const batches = (ctx: Context) => ({
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
  /** Whether the people of a project are hidden from the caller. */
  veiled: new DataLoader<string, boolean>(async (projectIds) => {
    if (!ctx.viewer) return projectIds.map(() => false)
    const rows = await ctx.db
      .select({ id: projects.id })
      .from(projects)
      .where(and(anyOf(projects.id, projectIds), veiledFor(ctx)))
    const veiled = new Set(rows.map(({ id }) => id))
    return projectIds.map((id) => veiled.has(id))
  }),
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
  joinRequest: byId<ProjectJoinRequestRow>(ctx, 'pjr', joinRequests, visibleRequests(ctx)),
  joinRequestsOfProject: pagesByParent<ProjectJoinRequestRow, JoinRequestStatus[] | null>(ctx, {
    list: 'Project.joinRequests',
    table: joinRequests,
    parent: joinRequests.projectId,
    parentOf: (row) => row.projectId,
    keys: firstAsked,
    where: (status) => (status ? inArray(joinRequests.status, status) : undefined),
  }),
  /** Whether the caller is shown who looks for members in an event. */
  teamBoard: teamBoards(ctx),
  openTeams: openTeamsByEvent(ctx),
  projectsOfEvent: inOrder((keys) =>
    pagesByParent<ProjectRow, ProjectFilter | null>(ctx, {
      list: 'Event.projects',
      table: projects,
      parent: projects.eventId,
      parentOf: (row) => row.eventId ?? '',
      keys,
      where: (filter) => and(visibleTo(ctx), matching(ctx, filter)),
    }),
  ),
  projectsOfOrganization: inOrder((keys) =>
    pagesByParent<ProjectRow, ProjectFilter | null>(ctx, {
      list: 'Organization.projects',
      table: projects,
      parent: projects.organizationId,
      parentOf: (row) => row.organizationId,
      keys,
      where: (filter) => and(visibleTo(ctx), listedFor(ctx), matching(ctx, filter)),
    }),
  ),
  extensions: historyByParent<ProjectExtensionRow>(
    ctx,
    projectExtensions,
    projectExtensions.projectId,
    (row) => row.projectId,
  ),
  collaborator: byId<ProjectCollaboratorRow>(ctx, 'pjc', projectCollaborators, visibleCollaborators(ctx)),
  collaborators: byParent<ProjectCollaboratorRow>(
    (projectIds) =>
      ctx.db
        .select()
        .from(projectCollaborators)
        .where(anyOf(projectCollaborators.projectId, projectIds))
        .orderBy(asc(projectCollaborators.addedAt), asc(projectCollaborators.id)),
    (row) => row.projectId,
  ),
  template: byId<ProjectTemplateRow>(ctx, 'ptm', projectTemplates, visibleTemplates(ctx)),
  templatesOfOrganization: pagesByParent<ProjectTemplateRow, boolean>(ctx, {
    list: 'Organization.projectTemplates',
    table: projectTemplates,
    parent: projectTemplates.organizationId,
    parentOf: (row) => row.organizationId,
    keys: byName,
    where: (isArchivedShown) =>
      and(visibleTemplates(ctx), isArchivedShown ? undefined : isNull(projectTemplates.archivedAt)),
  }),
})

type JoinRequestStatus = ProjectJoinRequestRow['status']

const firstAsked: OrderKey<ProjectJoinRequestRow>[] = [
  { column: joinRequests.createdAt, direction: 'ASC', value: (row) => row.createdAt },
  { column: joinRequests.id, direction: 'ASC', value: (row) => row.id },
]

const byName: OrderKey<ProjectTemplateRow>[] = [
  { column: projectTemplates.name, direction: 'ASC', value: (row) => row.name },
  { column: projectTemplates.id, direction: 'ASC', value: (row) => row.id },
]
