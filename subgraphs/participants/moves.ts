import { anyOf } from '@guildhall/kit/any-of'
import type { Context, Transaction } from '@guildhall/kit/context'
import { Conflict } from '@guildhall/kit/errors'
import { insertRows } from '@guildhall/kit/insert-rows'
import { and, eq, sql } from 'drizzle-orm'
import { issueTickets } from './check-in/tickets.ts'
import {
  registrationCancelled,
  registrationCheckedIn,
  registrationCheckInUndone,
  registrationConfirmed,
  registrationNoShow,
  registrationOfferExpired,
  registrationOffered,
  registrationRejected,
  registrationWaitlisted,
  registrationWithdrawn,
} from './contract.ts'
import { factsOf } from './domain/registration-facts.ts'
import { holdsSeat, type RegistrationStatus } from './domain/registration-status.ts'
import { offerEnd } from './domain/registration-window.ts'
import { releasePlaces } from './forms/places.ts'
import { signalChanges } from './live/signals.ts'
import { shiftSeats } from './seats.ts'
import { type EventSeatsRow, type RegistrationRow, registrations, registrationTransitions } from './tables.ts'

/** Registrations moved in one transaction at most; the rest is for the next run of the schedule. */
export const batchSize = 100

interface Move {
  to: RegistrationStatus
  reason?: string
  /** Whose doing it is, if not the caller's; null: nobody's, but what became of the event. */
  actorId?: string | null
}

/** What was moved, in the order of registration, and the seats as they are then. */
export interface Moved {
  moved: RegistrationRow[]
  seats: EventSeatsRow
}

/**
 * Moves registrations of one event that all stand at the same status: seats, rows, history and events together.
 * The event's seats must be locked, and the caller must have seen that there are enough.
 */
export async function move(
  ctx: Context,
  tx: Transaction,
  seats: EventSeatsRow,
  rows: readonly RegistrationRow[],
  { to, reason, actorId = actorOf(ctx, to) }: Move,
): Promise<Moved> {
  const from = rows[0]?.status
  if (!from) return { moved: [], seats }
  const now = ctx.now()
  const seated = await seatsAfter(tx, seats, to, rows)
  if (!seated) throw new Error('more seats were to be held than there are')
  const ids = rows.map((row) => row.id)
  const moved = await tx
    .update(registrations)
    .set({
      status: to,
      offerExpiresAt: to === 'OFFERED' ? offerEnd(seats, now) : null,
      ...(to === 'WAITLISTED' ? { waitlistedAt: now } : {}),
      ...(to === 'REJECTED' && reason ? { rejectionReason: reason } : {}),
      ...(to === 'PENDING_APPROVAL' ? { rejectionReason: null } : {}),
      version: sql`${registrations.version} + 1`,
      updatedAt: now,
    })
    .where(and(anyOf(registrations.id, ids), eq(registrations.status, from)))
    .returning()
  if (moved.length !== ids.length) throw new Conflict('The registrations were changed meanwhile, try again.')
  moved.sort((a, b) => a.number - b.number)
  await releasePlaces(tx, rows, to)
  signalChanges(ctx, tx, seats.id, moved)
  await Promise.all([
    remember(ctx, tx, moved, { from, reason, actorId }),
    issueTickets(ctx, tx, from === 'CHECKED_IN' ? [] : moved),
    ...moved.map((row) => announce(tx, seats, row, { from, reason, actorId })),
  ])
  return { moved, seats: seated }
}

async function seatsAfter(
  tx: Transaction,
  seats: EventSeatsRow,
  to: RegistrationStatus,
  rows: readonly RegistrationRow[],
): Promise<EventSeatsRow | null> {
  const from = rows[0]?.status ?? to
  const held = (Number(holdsSeat(to)) - Number(holdsSeat(from))) * seatsOf(rows)
  const queued = (Number(to === 'WAITLISTED') - Number(from === 'WAITLISTED')) * rows.length
  return held === 0 && queued === 0 ? seats : shiftSeats(tx, seats.id, { held, queued })
}

const seatsOf = (rows: readonly RegistrationRow[]): number =>
  rows.reduce((sum, { partySize }) => sum + partySize, 0)

interface Telling {
  /** Null: it was just made. */
  from: RegistrationStatus | null
  reason?: string | undefined
  actorId: string | null
}

/** Writes the history of what was just made (`from` null) or moved. */
export async function remember(
  ctx: Context,
  tx: Transaction,
  rows: readonly RegistrationRow[],
  { from, reason, actorId }: Telling,
): Promise<void> {
  await tx.execute(
    insertRows(
      registrationTransitions,
      rows.map((row) => ({
        id: ctx.newId('regtr'),
        registrationId: row.id,
        from,
        to: row.status,
        reason: reason ?? null,
        actorId,
        at: row.updatedAt,
      })),
    ),
  )
}

/** Publishes the event of the status that a registration has reached. */
export async function announce(
  tx: Transaction,
  seats: EventSeatsRow,
  row: RegistrationRow,
  { from, reason = '', actorId }: Telling,
): Promise<void> {
  const facts = factsOf(row, seats, actorId)
  if (row.status === 'CONFIRMED') {
    await tx.emit(from === 'CHECKED_IN' ? registrationCheckInUndone : registrationConfirmed, facts)
  }
  if (row.status === 'CHECKED_IN') await tx.emit(registrationCheckedIn, facts)
  if (row.status === 'NO_SHOW') await tx.emit(registrationNoShow, facts)
  if (row.status === 'WAITLISTED') await tx.emit(registrationWaitlisted, facts)
  if (row.status === 'EXPIRED') await tx.emit(registrationOfferExpired, facts)
  if (row.status === 'WITHDRAWN') await tx.emit(registrationWithdrawn, facts)
  if (row.status === 'REJECTED') await tx.emit(registrationRejected, { ...facts, reason })
  if (row.status === 'CANCELLED')
    await tx.emit(registrationCancelled, { ...facts, reason, isEventCalledOff: actorId === null })
  if (row.status === 'OFFERED' && row.offerExpiresAt) {
    await tx.emit(registrationOffered, { ...facts, offerExpiresAt: row.offerExpiresAt.toISOString() })
  }
}

/** Who freed a seat has not offered it to the next: that was the house, and is nobody's business. */
const actorOf = (ctx: Context, reached: RegistrationStatus): string | null =>
  reached === 'OFFERED' || reached === 'EXPIRED' ? null : (ctx.viewer?.userId ?? null)
