import { anyOf } from '@guildhall/kit/any-of'
import type { Context, Transaction } from '@guildhall/kit/context'
import { asc, eq } from 'drizzle-orm'
import { eventInvitations, eventSeats, registrations } from '../tables.ts'

/** Invitations that somebody accepted. Whose the addresses of the others are, this domain does not know. */
export async function collectInvitations(ctx: Context, userId: string) {
  const rows = await ctx.db
    .select({
      event: eventSeats.title,
      email: eventInvitations.email,
      createdAt: eventInvitations.createdAt,
      acceptedAt: eventInvitations.decidedAt,
    })
    .from(eventInvitations)
    .innerJoin(registrations, eq(registrations.id, eventInvitations.registrationId))
    .innerJoin(eventSeats, eq(eventSeats.id, eventInvitations.eventId))
    .where(eq(registrations.userId, userId))
    .orderBy(asc(eventInvitations.createdAt), asc(eventInvitations.id))
  return { eventInvitations: rows }
}

export async function eraseInvitations(tx: Transaction, registrationIds: readonly string[]): Promise<void> {
  await tx.delete(eventInvitations).where(anyOf(eventInvitations.registrationId, registrationIds))
}
