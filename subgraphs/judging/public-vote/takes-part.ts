import type { Context } from '@guildhall/kit/context'

/** Whether a person has a seat in an event; asks participants, as this service. @throws ServiceUnavailable */
export async function takesPart(ctx: Context, eventId: string, userId: string): Promise<boolean> {
  const { participation } = await ctx.peers.ask<{ participation: string | null }>(
    'participants',
    'query ($eventId: ID!, $userId: ID!) { participation(eventId: $eventId, userId: $userId) }',
    { eventId, userId },
  )
  return participation === 'CONFIRMED' || participation === 'CHECKED_IN'
}
