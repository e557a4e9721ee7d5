import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core'
import type { Group, Segment } from '../domain/segment.ts'
import { notificationsSchema } from './schema.ts'

type AnnouncementChannel = 'IN_APP' | 'EMAIL' | 'PUSH'

export const announcementStatus = notificationsSchema.enum('announcement_status', [
  'DRAFT',
  'SCHEDULED',
  'PREPARING',
  'SENDING',
  'PAUSED',
  'SENT',
  'CANCELLED',
  'FAILED',
])

export const recipientStatus = notificationsSchema.enum('announcement_recipient_status', [
  'PENDING',
  'SENT',
  'SUPPRESSED',
  'FAILED',
])

export const announcements = notificationsSchema.table(
  'announcement',
  {
    ...identified('ann'),
    /** Null: it is the organization's own, of no event. */
    eventId: typeId('evt'),
    organizationId: typeId('org').notNull(),
    createdById: typeId('usr').notNull(),
    segment: jsonb().$type<Segment>().notNull(),
    subject: text().notNull(),
    body: text().notNull(),
    /** By which ways it goes. */
    channels: text().array().$type<AnnouncementChannel[]>().notNull().default(['IN_APP']),
    status: announcementStatus().notNull().default('DRAFT'),
    scheduledAt: instant(),
    ratePerMinute: integer(),
    recipientCount: integer().notNull().default(0),
    /** To how many it was handed over. */
    sentCount: integer().notNull().default(0),
    suppressedCount: integer().notNull().default(0),
    failedCount: integer().notNull().default(0),
    /** The audience is read in the order of ids; up to here it is in the ledger. */
    preparedUpTo: typeId('usr'),
    /** Since then the recipients are fixed. */
    preparedAt: instant(),
    /** Before then nobody works on it: a lease, a pause after something broke, or the rate. */
    nextStepAt: instant(),
    /** Before then its rate lets no page go. Outlives pauses and failures: neither is a way around the rate. */
    pacedUntil: instant(),
    /** Steps that broke one after the other. */
    attempts: integer().notNull().default(0),
    /** Why it failed. */
    failure: text(),
    completedAt: instant(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    check(
      'announcement_counts_add_up',
      sql`least(${t.sentCount}, ${t.suppressedCount}, ${t.failedCount}) >= 0 and ${t.sentCount} + ${t.suppressedCount} + ${t.failedCount} <= ${t.recipientCount} and (${t.status} <> 'SENT' or ${t.sentCount} + ${t.suppressedCount} + ${t.failedCount} = ${t.recipientCount})`,
    ),
    check(
      'announcement_prepared_before_sent',
      sql`${t.status} not in ('SENDING', 'SENT') or ${t.preparedAt} is not null`,
    ),
    check(
      'announcement_worked_on_in_time',
      sql`(${t.status} in ('SCHEDULED', 'PREPARING', 'SENDING')) = (${t.nextStepAt} is not null)`,
    ),
    check('announcement_goes_some_way', sql`cardinality(${t.channels}) > 0`),
    check('announcement_rate_positive', sql`${t.ratePerMinute} > 0`),
    index('announcement_by_event').on(t.eventId, t.createdAt, t.id),
    index('announcement_by_organization').on(t.organizationId, t.createdAt, t.id),
    index('announcement_due').on(t.nextStepAt).where(sql`${t.nextStepAt} is not null`),
  ],
)

/** The ledger of an announcement: who it is for, fixed before it is sent, and what became of each. */
export const announcementRecipients = notificationsSchema.table(
  'announcement_recipient',
  {
    announcementId: typeId('ann')
      .notNull()
      .references(() => announcements.id),
    userId: typeId('usr').notNull(),
    status: recipientStatus().notNull().default('PENDING'),
    /** Why it is not in their inbox, where it was meant to be: then it went by other ways, or not at all. */
    reason: text(),
    settledAt: instant(),
  },
  (t) => [
    primaryKey({ name: 'announcement_recipient_once', columns: [t.announcementId, t.userId] }),
    index('announcement_recipient_pending')
      .on(t.announcementId, t.userId)
      .where(sql`${t.status} = 'PENDING'`),
    index('announcement_recipient_not_sent')
      .on(t.announcementId, t.status, t.userId)
      .where(sql`${t.status} in ('SUPPRESSED', 'FAILED')`),
  ],
)

/** Append-only: who moved an announcement where, and when. Nobody where the house did. */
export const announcementTransitions = notificationsSchema.table(
  'announcement_transition',
  {
    ...identified('anntr'),
    announcementId: typeId('ann')
      .notNull()
      .references(() => announcements.id),
    from: announcementStatus().notNull(),
    to: announcementStatus().notNull(),
    actorId: typeId('usr'),
    at: instant().notNull(),
  },
  (t) => [index('announcement_transition_by_announcement').on(t.announcementId, t.at, t.id)],
)

export type AnnouncementRow = typeof announcements.$inferSelect
export type AnnouncementTransitionRow = typeof announcementTransitions.$inferSelect
export type AnnouncementConnectionRow = Connection<AnnouncementRow>

/** An entry of the ledger; in a preview, somebody of whom there is no entry yet. */
export interface AnnouncementRecipientRow {
  announcementId: string | null
  userId: string
  status: (typeof announcementRecipients.$inferSelect)['status'] | null
  reason: string | null
  settledAt: Date | null
}
/** What a recipient reads. */
export interface PostedAnnouncementRow {
  id: string
  eventId: string
  subject: string
  body: string
  postedAt: Date
}
export type LedgerRow = typeof announcementRecipients.$inferSelect
export type AnnouncementRecipientConnectionRow = Connection<LedgerRow>
export type AnnouncementSegmentRow = Segment
export type AudienceGroupRow = Group
