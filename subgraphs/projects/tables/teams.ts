import { identified, instant, typeId } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { index, text, uniqueIndex } from 'drizzle-orm/pg-core'
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

export type ProjectJoinRequestRow = typeof joinRequests.$inferSelect
export type ProjectJoinRequestConnectionRow = Connection<ProjectJoinRequestRow>
/** A team that looks for members is shown of its project. */
export type OpenTeamRow = ProjectRow
export type OpenTeamConnectionRow = Connection<ProjectRow>
