import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import { changeEvent, requireWriter } from '../change-event.ts'
import contract from '../contract.ts'
import type { RemoveEventTrackInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type EventRow, eventTracks } from '../tables.ts'
import { isBeforeStart, noSuch, underWay } from '../tracks/failures.ts'
import { tracksOf } from '../tracks/parts-of.ts'
import { putInOrder } from '../tracks/put-in-order.ts'

/** Takes a track off its event, unless a prize is of it. */
export async function removeEventTrack(ctx: Ctx, input: RemoveEventTrackInput): Promise<Outcome<EventRow>> {
  const seen = await ctx.loaders.track.load(input.id)
  const ofEvent = seen && (await ctx.loaders.event.load(seen.eventId))
  if (!seen || !ofEvent) return failed(noSuch('track', 'id'))
  await requireWriter(ctx, ofEvent)

  return changeEvent(
    ctx,
    'removeEventTrack',
    seen.eventId,
    async (tx, event) => {
      if (!isBeforeStart(event.status)) return failed(underWay())
      const removed = await tx.delete(eventTracks).where(eq(eventTracks.id, seen.id)).returning()
      if (removed.length === 0) return failed(noSuch('track', 'id'))
      const left = await tracksOf(tx, event.id)
      await putInOrder(
        tx,
        'trk',
        event.id,
        left.map(({ id }) => id),
      )
      return done(event)
    },
    {
      event_prize_track: () =>
        contract.failure('TRACK_HAS_PRIZES', 'Take its prizes off first.', ['input', 'id']),
    },
    input,
  )
}
