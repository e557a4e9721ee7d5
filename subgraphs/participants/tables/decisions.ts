import { identified, instant, typeId } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, text } from 'drizzle-orm/pg-core'
import { eventSeats } from './event-seats.ts'
import { registrations } from './registrations.ts'
import { participantsSchema } from './schema.ts'

export const stagedDecisionKinds = ['CONFIRM', 'WAITLIST', 'REJECT'] as const

/**
 * What reviewers have decided and not yet told. In a table of its own, so that nothing of a registration that its
 * participant sees changes with it: not its version, nor when it was last changed.
 */
export const stagedDecisions = participantsSchema.table(
  'staged_decision',
  {
    registrationId: typeId('reg')
      .primaryKey()
      .notNull()
      .references(() => registrations.id),
    eventId: typeId('evt')
      .notNull()
      .references(() => eventSeats.id),
    organizationId: typeId('org').notNull(),
    decision: text({ enum: stagedDecisionKinds }).notNull(),
    reason: text(),
    stagedById: typeId('usr').notNull(),
    stagedAt: instant().notNull(),
    /** The release that is about to apply it. */
    releaseId: typeId('rel').references(() => decisionReleases.id),
  },
  (t) => [
    check('staged_decision_has_reason', sql`${t.decision} <> 'REJECT' or ${t.reason} is not null`),
    index('staged_decision_by_event').on(t.eventId, t.decision).where(sql`${t.releaseId} is null`),
    index('staged_decision_by_release').on(t.releaseId).where(sql`${t.releaseId} is not null`),
  ],
)

/** Staged decisions of an event that are applied together, batch by batch, by whichever process comes first. */
export const decisionReleases = participantsSchema.table(
  'decision_release',
  {
    ...identified('rel'),
    eventId: typeId('evt')
      .notNull()
      .references(() => eventSeats.id),
    organizationId: typeId('org').notNull(),
    /** Decisions of this kind; null: all. */
    decision: text({ enum: stagedDecisionKinds }),
    status: text({ enum: ['RUNNING', 'COMPLETED'] }).notNull(),
    totalCount: integer().notNull(),
    appliedCount: integer().notNull().default(0),
    failedCount: integer().notNull().default(0),
    startedById: typeId('usr').notNull(),
    startedAt: instant().notNull(),
    completedAt: instant(),
    /** Batches in a row that broke. */
    attempts: integer().notNull().default(0),
    nextStepAt: instant(),
  },
  (t) => [
    check('decision_release_counts', sql`${t.appliedCount} + ${t.failedCount} <= ${t.totalCount}`),
    check(
      'decision_release_is_over',
      sql`(${t.status} = 'COMPLETED') = (${t.completedAt} is not null and ${t.nextStepAt} is null)`,
    ),
    index('decision_release_due').on(t.nextStepAt).where(sql`${t.nextStepAt} is not null`),
    index('decision_release_by_event').on(t.eventId, t.startedAt, t.id),
  ],
)

/** Decisions that a release could not apply, and why. */
export const decisionReleaseFailures = participantsSchema.table(
  'decision_release_failure',
  {
    releaseId: typeId('rel')
      .notNull()
      .references(() => decisionReleases.id),
    registrationId: typeId('reg')
      .notNull()
      .references(() => registrations.id),
    decision: text({ enum: stagedDecisionKinds }).notNull(),
    code: text().notNull(),
    message: text().notNull(),
  },
  (t) => [primaryKey({ name: 'decision_release_failure_once', columns: [t.releaseId, t.registrationId] })],
)

export type StagedDecisionRow = typeof stagedDecisions.$inferSelect
export type DecisionReleaseRow = typeof decisionReleases.$inferSelect
export type DecisionReleaseConnectionRow = Connection<DecisionReleaseRow>
export type DecisionReleaseFailureRow = typeof decisionReleaseFailures.$inferSelect
export type DecisionReleaseFailureConnectionRow = Connection<DecisionReleaseFailureRow>
