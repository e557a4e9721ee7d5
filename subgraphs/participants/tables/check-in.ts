import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { eventSeats } from './event-seats.ts'
import { registrations } from './registrations.ts'
import { participantsSchema, registrationCategory } from './schema.ts'

export const scanType = participantsSchema.enum('scan_type', ['ENTRY', 'EXIT'])

export const scanResult = participantsSchema.enum('scan_result', ['OK', 'REJECTED'])

export const scanRefusal = participantsSchema.enum('scan_refusal', [
  'INVALID',
  'CANCELED',
  'UNAPPROVED',
  'ALREADY_REDEEMED',
  'INVALID_TIME',
  'BLOCKED',
  'REVOKED',
  'WRONG_CATEGORY',
  'INCOMPLETE',
  'NOT_ADMITTED',
  'EXIT_NOT_RECORDED',
])

/**
 * What opens the door: a secret of 160 random bits, so that its plain hash is enough to find it by and worth nothing to
 * whoever reads the table, and is the same that a device computes which is offline. The secret itself is sealed, because
 * the participant wants to see it again; once it is revoked only the hash is kept.
 */
export const tickets = participantsSchema.table(
  'ticket',
  {
    ...identified('tkt'),
    registrationId: typeId('reg')
      .notNull()
      .references(() => registrations.id),
    eventId: typeId('evt').notNull(),
    secretHash: text().notNull(),
    sealedSecret: text(),
    issuedAt: instant().notNull(),
    revokedAt: instant(),
    blockedAt: instant(),
    blockReason: text(),
  },
  (t) => [
    unique('ticket_by_secret').on(t.secretHash),
    uniqueIndex('ticket_one_valid').on(t.registrationId).where(sql`${t.revokedAt} is null`),
    check('ticket_revoked_is_unreadable', sql`(${t.revokedAt} is null) = (${t.sealedSecret} is not null)`),
    check('ticket_block_has_reason', sql`${t.blockedAt} is not null or ${t.blockReason} is null`),
    index('ticket_by_event').on(t.eventId, t.registrationId),
  ],
)

export const checkInLists = participantsSchema.table(
  'check_in_list',
  {
    ...identified('cil'),
    eventId: typeId('evt')
      .notNull()
      .references(() => eventSeats.id),
    organizationId: typeId('org').notNull(),
    name: text().notNull(),
    /** From when on, and until when, it lets anybody in; null: no such limit. */
    activatesAt: instant(),
    expiresAt: instant(),
    /** Whether who went out may come in again. */
    isReEntryAllowed: boolean().notNull(),
    /** Whether people are scanned when they go out. */
    isExitRecorded: boolean().notNull(),
    /** Whom it is for; empty: everybody. */
    categories: registrationCategory().array().notNull().default(sql`'{}'`),
    archivedAt: instant(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    check('check_in_list_active_before_expired', sql`${t.expiresAt} > ${t.activatesAt}`),
    check('check_in_list_re_entry_needs_exit', sql`${t.isExitRecorded} or not ${t.isReEntryAllowed}`),
    index('check_in_list_by_event').on(t.eventId, t.createdAt, t.id),
  ],
)

/**
 * The log of scans, failed ones too. What was scanned never changes; what it counted for may, when a device that was
 * offline tells of an earlier scan, or when a check-in is taken back. All of it happens while the event's seats are
 * locked.
 */
export const checkIns = participantsSchema.table(
  'check_in',
  {
    ...identified('chk'),
    listId: typeId('cil')
      .notNull()
      .references(() => checkInLists.id),
    eventId: typeId('evt').notNull(),
    /** Null: no ticket of the event was shown. */
    registrationId: typeId('reg').references(() => registrations.id),
    type: scanType().notNull(),
    /** When it was scanned, as far as the device can be believed. */
    at: instant().notNull(),
    receivedAt: instant().notNull(),
    scannedById: typeId('usr'),
    deviceId: text().notNull(),
    /** Made by the device for each scan: what comes again is answered again. */
    nonce: text().notNull(),
    /** People whom the scan was for; null: all that it can be for. */
    asked: integer(),
    isForced: boolean().notNull(),
    isOffline: boolean().notNull(),
    result: scanResult().notNull(),
    refusal: scanRefusal(),
    /** People whom it let in or out. */
    people: integer().notNull(),
    /** The entry because of which the ticket was used up. */
    outdoneById: typeId('chk'),
    /** Takes part in the order of scans: it was let pass, or a device had to decide alone. */
    isContender: boolean().notNull(),
    /** The latest entry of somebody who is inside. */
    isCurrent: boolean().notNull(),
    undoneAt: instant(),
    undoneById: typeId('usr'),
    undoReason: text(),
    /** Arrival within the list. */
    arrival: integer().notNull(),
    /** Position of its latest change in the list's feed. */
    seq: integer().notNull(),
    /** What the whole list had counted after that change. */
    entered: integer().notNull(),
    exited: integer().notNull(),
    rejected: integer().notNull(),
  },
  (t) => [
    unique('check_in_nonce_once').on(t.listId, t.nonce),
    unique('check_in_in_order').on(t.listId, t.seq),
    uniqueIndex('check_in_one_current').on(t.listId, t.registrationId).where(sql`${t.isCurrent}`),
    check('check_in_rejected_has_reason', sql`(${t.result} = 'REJECTED') = (${t.refusal} is not null)`),
    check('check_in_people_pass_when_ok', sql`${t.people} >= 0 and (${t.result} = 'OK' or ${t.people} = 0)`),
    check(
      'check_in_current_is_entry',
      sql`not ${t.isCurrent} or (${t.result} = 'OK' and ${t.type} = 'ENTRY' and ${t.undoneAt} is null)`,
    ),
    check(
      'check_in_counts_people',
      sql`least(${t.exited}, ${t.rejected}) >= 0 and ${t.entered} >= ${t.exited}`,
    ),
    index('check_in_by_registration')
      .on(t.registrationId, t.listId)
      .where(sql`${t.registrationId} is not null`),
    index('check_in_by_event').on(t.eventId, t.result),
    index('check_in_by_scanner').on(t.scannedById).where(sql`${t.scannedById} is not null`),
  ],
)

export type TicketRow = typeof tickets.$inferSelect
export type CheckInListRow = typeof checkInLists.$inferSelect
export type CheckInListConnectionRow = Connection<CheckInListRow>
export type CheckInRow = typeof checkIns.$inferSelect
export type CheckInConnectionRow = Connection<CheckInRow>
/** A registration, as far as those at the door may know it. */
export type TicketHolderRow = typeof registrations.$inferSelect
/** A valid ticket as devices know it that are offline. */
export interface OfflineTicketRow {
  hash: string
  number: number
  partySize: number
  isBlocked: boolean
  category: TicketHolderRow['category']
}
export type OfflineTicketConnectionRow = Connection<OfflineTicketRow>
/** What a list has counted. */
export interface CheckInCountsRow {
  listId: string
  entered: number
  exited: number
  rejected: number
}
