import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { type SQL, sql } from 'drizzle-orm'
import { check, index, integer, type PgColumn, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { registrationStatuses } from '../contract/events.ts'
import { eventSeats } from './event-seats.ts'
import { registrationForms } from './forms.ts'
import { participantsSchema, registrationCategory } from './schema.ts'

export const registrationStatus = participantsSchema.enum('registration_status', registrationStatuses)

/** Where words end besides white space. PostgreSQL would keep an address or a version in one piece. */
const punctuation = '.,:;!?@-_/+#()[]{}<>&|*"='

/** The words of a registration as they are searched; the index `registration_by_word` is of the very same expression. */
export const searchedWords = ({ message, searchText }: Record<'message' | 'searchText', PgColumn>): SQL =>
  sql`to_tsvector('simple', translate(coalesce(${message}, '') || ' ' || coalesce(${searchText}, ''), '${sql.raw(punctuation)}', '${sql.raw(' '.repeat(punctuation.length))}'))`

export const registrations = participantsSchema.table(
  'registration',
  {
    ...identified('reg'),
    eventId: typeId('evt')
      .notNull()
      .references(() => eventSeats.id),
    organizationId: typeId('org').notNull(),
    userId: typeId('usr').notNull(),
    number: integer().notNull(),
    status: registrationStatus().notNull(),
    /** Seats that it holds or queues for. */
    partySize: integer().notNull().default(1),
    message: text(),
    rejectionReason: text(),
    /** Who has more goes first; organizers change it. */
    waitlistPriority: integer().notNull().default(0),
    /** Words that those who decide put on it; nobody else sees them. */
    tags: text().array().notNull().default(sql`'{}'`),
    /** What of the answers can be searched: nothing that tells who somebody is, since reviewers may be blind. */
    searchText: text(),
    /** Null: from before there were forms. */
    formId: typeId('frm').references(() => registrationForms.id),
    category: registrationCategory().notNull().default('PARTICIPANT'),
    consentToBeListed: text({ enum: ['NOBODY', 'PARTICIPANTS', 'EVERYBODY'] })
      .notNull()
      .default('NOBODY'),
    /** When the answers were deleted because the event was over for long. */
    answersDeletedAt: instant(),
    waitlistedAt: instant(),
    offerExpiresAt: instant(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    unique('registration_number_once').on(t.eventId, t.number),
    uniqueIndex('registration_one_live')
      .on(t.eventId, t.userId)
      .where(sql`${t.status} not in ('REJECTED', 'WITHDRAWN', 'EXPIRED', 'CANCELLED')`),
    check('registration_party_size', sql`${t.partySize} >= 1`),
    check('registration_offer_has_end', sql`(${t.status} = 'OFFERED') = (${t.offerExpiresAt} is not null)`),
    check('registration_queues_since', sql`${t.status} <> 'WAITLISTED' or ${t.waitlistedAt} is not null`),
    index('registration_waitlist')
      .on(t.eventId, t.waitlistPriority.desc().nullsFirst(), t.waitlistedAt, t.number)
      .where(sql`${t.status} = 'WAITLISTED'`),
    index('registration_waitlist_parties').on(t.eventId, t.partySize).where(sql`${t.status} = 'WAITLISTED'`),
    index('registration_offers_due').on(t.offerExpiresAt).where(sql`${t.status} = 'OFFERED'`),
    index('registration_by_status').on(t.eventId, t.status, t.userId),
    index('registration_by_change').on(t.eventId, t.updatedAt, t.id),
    index('registration_by_creation').on(t.eventId, t.createdAt, t.id),
    index('registration_by_tag').using('gin', t.tags),
    index('registration_by_user').on(t.userId, t.createdAt, t.id),
    index('registration_by_form').on(t.formId).where(sql`${t.answersDeletedAt} is null`),
    index('registration_attendees')
      .on(t.eventId, t.userId)
      .where(sql`${t.consentToBeListed} <> 'NOBODY' and ${t.status} in ('CONFIRMED', 'CHECKED_IN')`),
  ],
)

/** Append-only: who moved a registration where, when and why. */
export const registrationTransitions = participantsSchema.table(
  'registration_transition',
  {
    ...identified('regtr'),
    registrationId: typeId('reg')
      .notNull()
      .references(() => registrations.id),
    from: registrationStatus(),
    to: registrationStatus().notNull(),
    reason: text(),
    actorId: typeId('usr'),
    at: instant().notNull(),
  },
  (t) => [index('registration_transition_by_registration').on(t.registrationId, t.at, t.id)],
)

export type RegistrationRow = typeof registrations.$inferSelect
export type RegistrationTransitionRow = typeof registrationTransitions.$inferSelect
export type RegistrationConnectionRow = Connection<RegistrationRow>
export type EventAttendeeRow = RegistrationRow
export type EventAttendeeConnectionRow = Connection<EventAttendeeRow>
