import { identified, instant, typeId } from '@guildhall/kit/columns'
import { objectRoles } from '@guildhall/kit/object-roles'
import { index, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core'
import { judgingSchema } from './schema.ts'

/** A track of an event, as events tells of it. */
export interface HeardTrack {
  id: string
  name: string
}

/** What judging depends on of an event, with the event's own id: the highest version we have heard of. */
export const eventTerms = judgingSchema.table('event_terms', {
  ...identified('evt'),
  organizationId: typeId('org').notNull(),
  title: text().notNull(),
  status: text({
    enum: ['DRAFT', 'PUBLISHED', 'IN_PROGRESS', 'JUDGING', 'COMPLETED', 'CANCELLED', 'ARCHIVED'],
  }).notNull(),
  visibility: text({ enum: ['PUBLIC', 'UNLISTED', 'ORGANIZATION'] }).notNull(),
  endsAt: instant().notNull(),
  tracks: jsonb().$type<HeardTrack[]>().notNull(),
  termsVersion: integer().notNull(),
})

/** Who judges and who organizes which event. */
export const eventRoles = objectRoles(judgingSchema, 'event_role', 'evt')

/** What judging depends on of a project of an event, with the project's own id: the highest version we have heard of. */
export const projectFacts = judgingSchema.table(
  'project_fact',
  {
    ...identified('prj'),
    eventId: typeId('evt').notNull(),
    title: text().notNull(),
    summary: text(),
    demoUrl: text(),
    trackIds: text().array().notNull(),
    status: text().notNull(),
    factsVersion: integer().notNull(),
  },
  (t) => [index('project_fact_by_event').on(t.eventId, t.id)],
)

/** Who is in the team of a project: they neither judge it nor vote for it. */
export const teamMembers = judgingSchema.table(
  'team_member',
  {
    projectId: typeId('prj')
      .notNull()
      .references(() => projectFacts.id),
    userId: typeId('usr').notNull(),
  },
  (t) => [
    primaryKey({ name: 'team_member_once', columns: [t.projectId, t.userId] }),
    index('team_member_by_user').on(t.userId),
  ],
)

export type EventTermsRow = typeof eventTerms.$inferSelect
export type ProjectFactRow = typeof projectFacts.$inferSelect
