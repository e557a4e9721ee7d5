import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import { eq } from 'drizzle-orm'
import { changeEvent, requireWriter } from '../change-event.ts'
import { movedTo, trackProblems } from '../domain/track-draft.ts'
import type { UpdateEventTrackInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type EventTrackRow, eventTracks } from '../tables.ts'
import { noSuch, trackNameTaken } from '../tracks/failures.ts'
import { tracksOf } from '../tracks/parts-of.ts'
import { putInOrder } from '../tracks/put-in-order.ts'

/** Changes a track, or its place among the others. */
export async function updateEventTrack(
  ctx: Ctx,
  input: UpdateEventTrackInput,
): Promise<Outcome<EventTrackRow>> {
  const seen = await ctx.loaders.track.load(input.id)
  const ofEvent = seen && (await ctx.loaders.event.load(seen.eventId))
  if (!seen || !ofEvent) return failed(noSuch('track', 'id'))
  await requireWriter(ctx, ofEvent)
  const changes = {
    ...(input.name == null ? {} : { name: input.name.trim() }),
    ...(input.description === undefined ? {} : { description: tidy(input.description) }),
  }
  const problems = trackProblems({ ...seen, ...changes })
  if (problems.length > 0) return failed(...problems)

  return changeEvent(
    ctx,
    'updateEventTrack',
    seen.eventId,
    async (tx, event) => {
      if (input.position != null) {
        const ids = (await tracksOf(tx, event.id)).map(({ id }) => id)
        if (ids.includes(seen.id))
          await putInOrder(tx, 'trk', event.id, movedTo(ids, seen.id, input.position))
      }
      const [track] = await tx
        .update(eventTracks)
        .set({ ...changes, updatedAt: ctx.now() })
        .where(eq(eventTracks.id, seen.id))
        .returning()
      return track ? done(track) : failed(noSuch('track', 'id'))
    },
    { event_track_name_once: trackNameTaken },
    input,
  )
}
