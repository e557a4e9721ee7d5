import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import { backboneTables } from '@guildhall/kit/events/tables'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, pgSchema, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { projectStatuses } from './contract.ts'

export const projectsSchema = pgSchema('projects')
export const backbone = backboneTables(projectsSchema)
export const { outbox, inbox, idempotency } = backbone

export const projectStatus = projectsSchema.enum('project_status', projectStatuses)
export const projectMemberRole = projectsSchema.enum('project_member_role', ['OWNER', 'MEMBER'])

/** The terms of events that projects depend on, with the event's own id: the highest version we have heard of. */
export const eventTerms = projectsSchema.table('event_terms', {
  ...identified('evt'),
  organizationId: typeId('org').notNull(),
  title: text().notNull(),
  status: text({
    enum: ['DRAFT', 'PUBLISHED', 'IN_PROGRESS', 'JUDGING', 'COMPLETED', 'CANCELLED', 'ARCHIVED'],
  }).notNull(),
  visibility: text({ enum: ['PUBLIC', 'UNLISTED', 'ORGANIZATION'] }).notNull(),
  endsAt: instant().notNull(),
  submissionDeadline: instant(),
  graceMinutes: integer().notNull(),
  maxTeamSize: integer().notNull(),
  termsVersion: integer().notNull(),
})

/** What a team handed in, as it was at that moment. */
export interface Submission {
  title: string
  summary: string | null
  repositoryUrl: string | null
  demoUrl: string | null
  memberIds: string[]
}

export const projects = projectsSchema.table(
  'project',
  {
    ...identified('prj'),
    /** Null: a project of the organization itself. */
    eventId: typeId('evt').references(() => eventTerms.id),
    organizationId: typeId('org').notNull(),
    title: text().notNull(),
    summary: text(),
    repositoryUrl: text(),
    demoUrl: text(),
    status: projectStatus().notNull().default('DRAFT'),
    memberCount: integer().notNull(),
    memberLimit: integer().notNull(),
    submittedAt: instant(),
    submission: jsonb().$type<Submission>(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    check('project_members_within_limit', sql`${t.memberCount} between 1 and ${t.memberLimit}`),
    check(
      'project_submission_whole',
      sql`(${t.submittedAt} is null) = (${t.submission} is null) and (${t.status} <> 'SUBMITTED' or ${t.submittedAt} is not null)`,
    ),
    index('project_by_event').on(t.eventId, t.createdAt, t.id),
    index('project_by_organization').on(t.organizationId, t.createdAt, t.id),
  ],
)

export const projectMembers = projectsSchema.table(
  'project_member',
  {
    ...identified('prm'),
    projectId: typeId('prj')
      .notNull()
      .references(() => projects.id),
    /** The event in which this seat in a team counts; null for other projects and once the project is given up. */
    teamEventId: typeId('evt'),
    userId: typeId('usr').notNull(),
    role: projectMemberRole().notNull(),
    joinedAt: instant().notNull(),
  },
  (t) => [
    unique('project_member_once').on(t.projectId, t.userId),
    uniqueIndex('project_member_one_team')
      .on(t.teamEventId, t.userId)
      .where(sql`${t.teamEventId} is not null`),
    index('project_member_by_user').on(t.userId, t.projectId),
  ],
)

/** Append-only: who moved a project where, when and why. */
export const projectTransitions = projectsSchema.table(
  'project_transition',
  {
    ...identified('prjtr'),
    projectId: typeId('prj')
      .notNull()
      .references(() => projects.id),
    from: projectStatus().notNull(),
    to: projectStatus().notNull(),
    reason: text(),
    actorId: typeId('usr'),
    at: instant().notNull(),
  },
  (t) => [index('project_transition_by_project').on(t.projectId, t.at, t.id)],
)

export type EventTermsRow = typeof eventTerms.$inferSelect
export type ProjectRow = typeof projects.$inferSelect
export type ProjectMemberRow = typeof projectMembers.$inferSelect
export type ProjectTransitionRow = typeof projectTransitions.$inferSelect
export type ProjectConnectionRow = Connection<ProjectRow>
