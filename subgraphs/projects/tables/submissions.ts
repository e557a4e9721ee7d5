import { identified, instant, typeId } from '@guildhall/kit/columns'
import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, text, unique } from 'drizzle-orm/pg-core'
import type { EventTrack } from './events.ts'
import { projects } from './projects.ts'
import { projectsSchema } from './schema.ts'

/** A place in a team, as it was when the team handed in. */
export interface SubmittedMemberRow {
  userId: string
  role: 'OWNER' | 'MEMBER'
}

/** What teams handed in, as it was at that moment: a trigger refuses to change or remove a row. The latest counts. */
export const projectSubmissions = projectsSchema.table(
  'project_submission',
  {
    ...identified('prs'),
    projectId: typeId('prj')
      .notNull()
      .references(() => projects.id),
    number: integer().notNull(),
    title: text().notNull(),
    summary: text(),
    repositoryUrl: text(),
    demoUrl: text(),
    videoUrl: text(),
    thumbnailUrl: text(),
    tags: text().array().notNull(),
    /** With their names: a track may be renamed. */
    tracks: jsonb().$type<EventTrack[]>().notNull(),
    members: jsonb().$type<SubmittedMemberRow[]>().notNull(),
    submittedBy: typeId('usr').notNull(),
    at: instant().notNull(),
  },
  (t) => [
    unique('project_submission_number').on(t.projectId, t.number),
    check('project_submission_number_positive', sql`${t.number} > 0`),
  ],
)

/** Append-only: which team got how much more time, from whom and why. */
export const projectExtensions = projectsSchema.table(
  'project_extension',
  {
    ...identified('pjx'),
    projectId: typeId('prj')
      .notNull()
      .references(() => projects.id),
    until: instant().notNull(),
    reason: text().notNull(),
    grantedBy: typeId('usr').notNull(),
    at: instant().notNull(),
  },
  (t) => [index('project_extension_by_project').on(t.projectId, t.at, t.id)],
)

export type ProjectExtensionRow = typeof projectExtensions.$inferSelect
export type ProjectSubmissionRow = typeof projectSubmissions.$inferSelect
