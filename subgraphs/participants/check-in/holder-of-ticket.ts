import { and, eq, isNull } from 'drizzle-orm'
import { ticketHashOf } from '../domain/ticket-secret.ts'
import type { Ctx } from '../loaders.ts'
import { type RegistrationRow, registrations, tickets } from '../tables.ts'
import { ofDoors } from './visibility.ts'

/** Whose valid ticket this is, for those who stand at the doors of its event. */
export async function holderOfTicket(ctx: Ctx, secret: string): Promise<RegistrationRow | null> {
  const [row] = await ctx.db
    .select({ registration: registrations })
    .from(tickets)
    .innerJoin(registrations, eq(registrations.id, tickets.registrationId))
    .where(
      and(
        eq(tickets.secretHash, ticketHashOf(secret)),
        isNull(tickets.revokedAt),
        ofDoors(ctx, registrations.organizationId, registrations.eventId),
      ),
    )
  return row?.registration ?? null
}
