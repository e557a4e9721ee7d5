import { identified, instant, timestamps, typeId } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { boolean, check, index, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { eventSeats } from './event-seats.ts'
import { registrationForms } from './forms.ts'
import { participantsSchema } from './schema.ts'

/** Whom organizers have invited. Rows of invitations that nobody accepted go some time after their end. */
export const eventInvitations = participantsSchema.table(
  'event_invitation',
  {
    ...identified('ein'),
    eventId: typeId('evt')
      .notNull()
      .references(() => eventSeats.id),
    organizationId: typeId('org').notNull(),
    formId: typeId('frm')
      .notNull()
      .references(() => registrationForms.id),
    /** Normalised by `domain/invitation.ts`. */
    email: text().notNull(),
    /** One that was not answered in time says PENDING until the address is invited again. */
    state: text({ enum: ['PENDING', 'ACCEPTED', 'DECLINED', 'REVOKED', 'EXPIRED'] }).notNull(),
    isApprovalSkipped: boolean().notNull(),
    isEmailLocked: boolean().notNull(),
    /** SHA-256 of the token. */
    tokenHash: text().notNull(),
    /** No foreign key: it is written right before the registration, in the same transaction. */
    registrationId: typeId('reg'),
    expiresAt: instant().notNull(),
    decidedAt: instant(),
    ...timestamps,
  },
  (t) => [
    check(
      'event_invitation_accepted_with',
      sql`(${t.state} = 'ACCEPTED') = (${t.registrationId} is not null)`,
    ),
    uniqueIndex('event_invitation_token_unique').on(t.tokenHash),
    uniqueIndex('event_invitation_one_pending').on(t.eventId, t.email).where(sql`${t.state} = 'PENDING'`),
    index('event_invitation_by_event').on(t.eventId, t.createdAt, t.id),
    index('event_invitation_by_registration')
      .on(t.registrationId)
      .where(sql`${t.registrationId} is not null`),
    index('event_invitation_forgets').on(t.expiresAt).where(sql`${t.state} <> 'ACCEPTED'`),
  ],
)

export type EventInvitationRow = typeof eventInvitations.$inferSelect
export type EventInvitationConnectionRow = Connection<EventInvitationRow>
