import { identified, instant, typeId } from '@guildhall/kit/columns'
import { objectRoles } from '@guildhall/kit/object-roles'
import { integer, jsonb, text } from 'drizzle-orm/pg-core'
import { projectsSchema } from './schema.ts'

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

export type EventTermsRow = typeof eventTerms.$inferSelect
