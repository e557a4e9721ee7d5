import { identified, instant, typeId } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { index, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { type ProjectRow, projects } from './projects.ts'
import { projectsSchema } from './schema.ts'

/** With the person's own id: when they last gave codes that lead nowhere, of the window that counts at most. */
export const joinAttempts = projectsSchema.table('join_attempt', {
  ...identified('usr'),
  failedAt: instant().array().notNull().default(sql`'{}'`),
})

export const joinRequestStatus = projectsSchema.enum('join_request_status', [
  'PENDING',
  'ACCEPTED',
  'DECLINED',
  'WITHDRAWN',
])

export const joinRequests = projectsSchema.table(
  'join_request',
  {
    ...identified('pjr'),
    projectId: typeId('prj')
      .notNull()
      .references(() => projects.id),
    /** The project's; null for projects without one. */
    eventId: typeId('evt'),
    userId: typeId('usr').notNull(),
    message: text(),
    status: joinRequestStatus().notNull().default('PENDING'),
    createdAt: instant().notNull(),
    decidedAt: instant(),
    decidedBy: typeId('usr'),
  },
  (t) => [
    uniqueIndex('join_request_once').on(t.projectId, t.userId).where(sql`${t.status} = 'PENDING'`),
    index('join_request_by_project').on(t.projectId, t.createdAt, t.id),
    index('join_request_by_user').on(t.userId, t.createdAt, t.id),
  ],
)

export const collaboratorRole = projectsSchema.enum('collaborator_role', ['MENTOR', 'VIEWER'])

/** People who see a team's work without a place in the team. */
export const projectCollaborators = projectsSchema.table(
  'project_collaborator',
  {
    ...identified('pjc'),
    projectId: typeId('prj')
      .notNull()
      .references(() => projects.id),
    userId: typeId('usr').notNull(),
    role: collaboratorRole().notNull(),
    addedBy: typeId('usr').notNull(),
    addedAt: instant().notNull(),
  },
  (t) => [
    unique('project_collaborator_once').on(t.projectId, t.userId),
    index('project_collaborator_by_user').on(t.userId, t.projectId),
  ],
)

export type ProjectCollaboratorRow = typeof projectCollaborators.$inferSelect
export type ProjectJoinRequestRow = typeof joinRequests.$inferSelect
export type ProjectJoinRequestConnectionRow = Connection<ProjectJoinRequestRow>
/** A team that looks for members is shown of its project. */
export type OpenTeamRow = ProjectRow
export type OpenTeamConnectionRow = Connection<ProjectRow>
