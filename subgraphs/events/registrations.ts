import type { Ctx } from './loaders.ts'

/** What participants know about an event's registrations. */
export interface RegistrationCounts {
  /** Seats that are confirmed, checked in or offered. */
  held: number
  /** Registrations that are not over: pending, waitlisted, offered, confirmed. */
  live: number
}

/** Asks the participants domain, as this service. @throws ServiceUnavailable when it is away. */
export async function registrationsOf(ctx: Ctx, eventId: string): Promise<RegistrationCounts> {
  const event = await ctx.peers.entity<{ registrationCounts: RegistrationCounts | null }>(
    'participants',
    'Event',
    eventId,
    'registrationCounts { held live }',
  )
  return event?.registrationCounts ?? { held: 0, live: 0 }
}
