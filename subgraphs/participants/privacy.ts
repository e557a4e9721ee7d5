import type { Context, Transaction } from '@guildhall/kit/context'
import type { Privacy } from '@guildhall/kit/privacy'
import { stepOf } from '@guildhall/kit/state-machine'
import { and, asc, eq, inArray } from 'drizzle-orm'
import { collectCheckIns, eraseCheckIns } from './check-in/privacy.ts'
import { registrationLife } from './domain/registration-status.ts'
import { collectAnswers, eraseAnswers } from './forms/privacy.ts'
import { collectInvitations, eraseInvitations } from './invitations/privacy.ts'
import { move } from './moves.ts'
import { lockSeats } from './seats.ts'
import {
  eventSeats,
  type RegistrationRow,
  registrations,
  registrationTransitions,
  stagedDecisions,
} from './tables.ts'
import { offerFreeSeats } from './waitlist/offer-free-seats.ts'

/** Registrations are given up, so that seats become free; what was written with them goes, the counted place stays. */
export const privacy: Privacy = {
  async collect(ctx, userId) {
    const rows = await ctx.db
      .select({ registration: registrations, eventTitle: eventSeats.title })
      .from(registrations)
      .innerJoin(eventSeats, eq(eventSeats.id, registrations.eventId))
      .where(eq(registrations.userId, userId))
      .orderBy(asc(registrations.createdAt), asc(registrations.id))
    return {
      registrations: rows.map(({ registration, eventTitle }) => ({
        event: eventTitle,
        number: registration.number,
        status: registration.status,
        partySize: registration.partySize,
        tags: registration.tags,
        category: registration.category,
        consentToBeListed: registration.consentToBeListed,
        message: registration.message,
        rejectionReason: registration.rejectionReason,
        createdAt: registration.createdAt,
      })),
      ...(await collectAnswers(ctx, userId)),
      ...(await collectCheckIns(ctx, userId)),
      ...(await collectInvitations(ctx, userId)),
    }
  },

  async erase(ctx, tx, userId) {
    const own = await tx.select().from(registrations).where(eq(registrations.userId, userId))
    // All events first, in one order: whoever changes registrations waits for their seats.
    const seats = await lockSeats(tx, [...new Set(own.map((row) => row.eventId))])
    for (const event of seats) {
      await withdrawAll(ctx, tx, event, userId)
    }
    await tx
      .update(registrations)
      .set({ message: null, rejectionReason: null, searchText: null, tags: [], consentToBeListed: 'NOBODY' })
      .where(eq(registrations.userId, userId))
    const ids = own.map((row) => row.id)
    await eraseAnswers(tx, ids)
    await eraseInvitations(tx, ids)
    await eraseCheckIns(ctx, tx, userId, ids)
    if (ids.length > 0) {
      await tx
        .update(registrationTransitions)
        .set({ reason: null })
        .where(inArray(registrationTransitions.registrationId, ids))
      // What was not told goes untold.
      await tx.delete(stagedDecisions).where(inArray(stagedDecisions.registrationId, ids))
    }
  },
}

async function withdrawAll(
  ctx: Context,
  tx: Transaction,
  event: Parameters<typeof move>[2],
  userId: string,
): Promise<void> {
  const rows: RegistrationRow[] = await tx
    .select()
    .from(registrations)
    .where(and(eq(registrations.eventId, event.id), eq(registrations.userId, userId)))
    .for('update')
  let seats = event
  for (const row of rows.filter(({ status }) => stepOf(registrationLife, status, 'WITHDRAWN'))) {
    seats = (await move(ctx, tx, seats, [row], { to: 'WITHDRAWN' })).seats
  }
  if (seats !== event) await offerFreeSeats(ctx, tx, seats)
}
