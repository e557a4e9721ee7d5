import type { Transaction } from '@guildhall/kit/context'
import { asc, eq } from 'drizzle-orm'
import type { EventParts } from '../domain/event-terms.ts'
import { type EventPrizeRow, type EventTrackRow, eventPrizes, eventTracks } from '../tables.ts'

/** Tracks of an event in their order. They stay so while the event is locked. */
export const tracksOf = (tx: Transaction, eventId: string): Promise<EventTrackRow[]> =>
  tx
    .select()
    .from(eventTracks)
    .where(eq(eventTracks.eventId, eventId))
    .orderBy(asc(eventTracks.position), asc(eventTracks.id))

/** Prizes of an event in their order. */
export const prizesOf = (tx: Transaction, eventId: string): Promise<EventPrizeRow[]> =>
  tx
    .select()
    .from(eventPrizes)
    .where(eq(eventPrizes.eventId, eventId))
    .orderBy(asc(eventPrizes.position), asc(eventPrizes.id))

/** Everything of an event that its terms tell besides its own row. */
export const partsOf = async (tx: Transaction, eventId: string): Promise<EventParts> => ({
  tracks: await tracksOf(tx, eventId),
  prizes: await prizesOf(tx, eventId),
})
