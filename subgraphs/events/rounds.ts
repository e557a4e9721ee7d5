import type { Ctx } from './loaders.ts'

/** How many judging rounds of an event are open. Asks judging, as this service. @throws ServiceUnavailable when it is away. */
export async function openRoundsOf(ctx: Ctx, eventId: string): Promise<number> {
  const event = await ctx.peers.entity<{ openRoundCount: number | null }>(
    'judging',
    'Event',
    eventId,
    'openRoundCount',
  )
  return event?.openRoundCount ?? 0
}
