import type { EventTerms } from '@guildhall/events/contract'
import type { Context, Transaction } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { done } from '@guildhall/kit/outcome'
import { and, eq, getTableColumns, gte, lt, sql } from 'drizzle-orm'
import { isSeatable } from './domain/registration-window.ts'
import { ensureDefaultForm } from './forms/default-form.ts'
import { signalChanges } from './live/signals.ts'
import type { Ctx } from './loaders.ts'
import { seatLimitFor } from './seats.ts'
import { settleEvent } from './settle.ts'
import { type EventSeatsRow, eventSeats } from './tables.ts'

/**
 * The seats of an event that the caller may see, or null. Events that we have not heard of, or that seem to take
 * nobody, are asked for in the caller's name: the news of a publication may still be on its way.
 */
export async function seatsFor(ctx: Ctx, eventId: string): Promise<EventSeatsRow | null> {
  if (!isId('evt', eventId)) return null
  const known = await ctx.loaders.eventSeats.load(eventId)
  if (known && isSeatable(known, ctx.now())) return known
  const terms = await askTerms(ctx, eventId)
  if (!terms) return null
  await ctx.transaction('projectEvent', async (tx) => done(await project(ctx, tx, terms)))
  return ctx.loaders.eventSeats.clear(eventId).load(eventId)
}

/** Keeps the newest terms of an event that were heard of, and does to its registrations what follows from them. */
export async function project(
  ctx: Context,
  tx: Transaction,
  terms: HeardTerms,
  callOffReason: string | null = null,
): Promise<void> {
  const callOff = isCalledOff(terms) ? { isCallingOff: true, callOffReason } : {}
  const seats = (await keepTerms(tx, terms, callOff)) ?? (await callOffKnown(tx, terms, callOffReason))
  if (!seats) return
  if (seats.isNew) await ensureDefaultForm(tx, seats, ctx.now())
  signalChanges(ctx, tx, seats.id, [])
  await settleEvent(ctx, tx, seats)
}

/** The same for a replay: the terms alone. Registrations have gone along with the event when it happened. */
export async function rebuildTerms(tx: Transaction, terms: HeardTerms): Promise<void> {
  await keepTerms(tx, terms, {})
}

/** Registrations of events in these states fall. */
const isCalledOff = ({ status }: Pick<HeardTerms, 'status'>): boolean =>
  status === 'CANCELLED' || status === 'DRAFT'

/** Seats as they are now, and whether they were heard of for the first time. */
type Kept = EventSeatsRow & { isNew: boolean }

type CallOff = Partial<Pick<EventSeatsRow, 'isCallingOff' | 'callOffReason'>>

/** Keeps terms if they are newer than what is known, with what else is to be written then. @returns the row if so. */
async function keepTerms(tx: Transaction, terms: HeardTerms, more: CallOff): Promise<Kept | undefined> {
  const row = {
    organizationId: terms.organizationId,
    title: terms.title,
    status: terms.status,
    visibility: terms.visibility,
    endsAt: new Date(terms.endsAt),
    registrationOpensAt: instantOf(terms.registrationOpensAt),
    registrationClosesAt: instantOf(terms.registrationClosesAt),
    isWaitlistEnabled: terms.isWaitlistEnabled,
    approvalMode: terms.approvalMode,
    offerHours: terms.offerHours,
    capacity: terms.capacity,
    termsVersion: terms.version,
    ...more,
  }
  const [seats] = await tx
    .insert(eventSeats)
    .values({ ...row, id: terms.eventId, seatLimit: terms.capacity })
    .onConflictDoUpdate({
      target: eventSeats.id,
      set: { ...row, seatLimit: seatLimitFor(sql`${eventSeats.held}`, sql`${terms.capacity}::int`) },
      setWhere: lt(eventSeats.termsVersion, terms.version),
    })
    // Only a row that was updated has had a transaction that ended it.
    .returning({ ...getTableColumns(eventSeats), isNew: sql<boolean>`xmax = 0` })
  return seats
}

/**
 * A replay may have brought the terms before the event itself, and a replay calls nothing off. What is cancelled stays so,
 * whatever newer terms say of it.
 */
async function callOffKnown(
  tx: Transaction,
  terms: HeardTerms,
  callOffReason: string | null,
): Promise<Kept | undefined> {
  if (!isCalledOff(terms)) return undefined
  const isKnown = terms.status === 'CANCELLED' ? gte : eq
  const [seats] = await tx
    .update(eventSeats)
    .set({ isCallingOff: true, ...(callOffReason === null ? {} : { callOffReason }) })
    .where(and(eq(eventSeats.id, terms.eventId), isKnown(eventSeats.termsVersion, terms.version)))
    .returning()
  return seats && { ...seats, isNew: false }
}

type HeardTerms = Omit<
  EventTerms,
  'kind' | 'timezone' | 'startsAt' | 'submissionDeadline' | 'graceMinutes' | 'maxTeamSize'
>

const instantOf = (text: string | null): Date | null => (text === null ? null : new Date(text))

async function askTerms(ctx: Ctx, eventId: string): Promise<HeardTerms | null> {
  const event = await ctx.peers.entity<
    Omit<HeardTerms, 'eventId' | 'organizationId'> & { organization: { id: string } }
  >(
    'events',
    'Event',
    eventId,
    `organization { id } title status visibility endsAt registrationOpensAt registrationClosesAt capacity
     isWaitlistEnabled approvalMode offerHours version`,
    ctx.token,
  )
  if (!event) return null
  const { organization, ...terms } = event
  return { ...terms, eventId, organizationId: organization.id }
}
