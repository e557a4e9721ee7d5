import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { boolean, check, index, integer, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { projectStages, projectStatuses } from '../contract/events.ts'
import { eventTerms } from './events.ts'
import { projectsSchema } from './schema.ts'

export const projectStatus = projectsSchema.enum('project_status', projectStatuses)
export const projectMemberRole = projectsSchema.enum('project_member_role', ['OWNER', 'MEMBER'])
export const projectStage = projectsSchema.enum('project_stage', projectStages)
export const projectVisibility = projectsSchema.enum('project_visibility', ['TEAM', 'ORGANIZATION', 'PUBLIC'])

/** The words of a project: what an address or a compound is made of counts by itself. Search asks for just this. */
export const searchedText = (title: SQLWrapper, summary: SQLWrapper): SQL =>
  sql`to_tsvector('simple', translate(${title} || ' ' || coalesce(${summary}, ''), './@:_-', '      '))`

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
    /** By which people join the team: 10 signs, known to the team alone. */
    joinCode: text().notNull(),
    isOpenToJoin: boolean().notNull().default(false),
    /** Whether members may take people in, like the owner. */
    canMembersInvite: boolean().notNull().default(false),
    /** Who sees a project of the organization itself; in an event the event says it. */
    visibility: projectVisibility().notNull().default('ORGANIZATION'),
    lookingFor: text(),
    /** How far it has come, as the team says. */
    stage: projectStage().notNull().default('CHALLENGE'),
    /** Until when it is taken although the deadline is over; the latest that was granted. */
    extendedUntil: instant(),
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
    uniqueIndex('project_join_code').on(t.joinCode),
    check('project_members_within_limit', sql`${t.memberCount} between 1 and ${t.memberLimit}`),
    check(
      'project_submission_whole',
      sql`(${t.submittedAt} is null) = (${t.submissionNumber} = 0) and (${t.status} <> 'SUBMITTED' or ${t.submittedAt} is not null)`,
    ),
    index('project_by_event').on(t.eventId, t.createdAt, t.id),
    index('project_open_by_event')
      .on(t.eventId, t.createdAt, t.id)
      .where(sql`${t.isOpenToJoin} and ${t.status} = 'DRAFT'`),
    index('project_by_tag').using('gin', t.tags),
    index('project_by_word').using('gin', searchedText(t.title, t.summary)),
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

export type ProjectRow = typeof projects.$inferSelect
export type ProjectMemberRow = typeof projectMembers.$inferSelect
export type ProjectTransitionRow = typeof projectTransitions.$inferSelect
export type ProjectConnectionRow = Connection<ProjectRow>
