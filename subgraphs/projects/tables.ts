import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import { backboneTables } from '@guildhall/kit/events/tables'
import { objectRoles } from '@guildhall/kit/object-roles'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, pgSchema, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { projectStatuses } from './contract.ts'

export const projectsSchema = pgSchema('projects')
export const backbone = backboneTables(projectsSchema)
export const { outbox, inbox, idempotency } = backbone

export const projectStatus = projectsSchema.enum('project_status', projectStatuses)
export const projectMemberRole = projectsSchema.enum('project_member_role', ['OWNER', 'MEMBER'])

/** A part of an event with a subject and often a prize of its own. */
export interface EventTrack {
  id: string
  name: string
}

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
  minTeamSize: integer().notNull().default(1),
  tracks: jsonb().$type<EventTrack[]>().notNull().default([]),
  termsVersion: integer().notNull(),
})

/** Who helps with which event, as events tell. */
export const eventRoles = objectRoles(projectsSchema, 'event_role', 'evt')

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
    videoUrl: text(),
    thumbnailUrl: text(),
    /** Words to find it by, normalised. */
    tags: text().array().notNull().default(sql`'{}'`),
    /** Tracks of its event in which it runs. */
    trackIds: text().array().notNull().default(sql`'{}'`),
    lookingFor: text(),
    status: projectStatus().notNull().default('DRAFT'),
    memberCount: integer().notNull(),
    memberLimit: integer().notNull(),
    submittedAt: instant(),
    /** How many times it was handed in: the number of the submission that counts, 0 while there is none. */
    submissionNumber: integer().notNull().default(0),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    check('project_members_within_limit', sql`${t.memberCount} between 1 and ${t.memberLimit}`),
    check(
      'project_submission_whole',
      sql`(${t.submittedAt} is null) = (${t.submissionNumber} = 0) and (${t.status} <> 'SUBMITTED' or ${t.submittedAt} is not null)`,
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
export type ProjectSubmissionRow = typeof projectSubmissions.$inferSelect
