import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import { changeEvent, requireWriter } from '../change-event.ts'
import contract from '../contract.ts'
import { trackProblems, tracksMax } from '../domain/track-draft.ts'
import type { AddEventTrackInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type EventTrackRow, eventTracks } from '../tables.ts'
import { noSuch, trackNameTaken } from '../tracks/failures.ts'
import { tracksOf } from '../tracks/parts-of.ts'

/** Adds a track behind those that an event has. */
export async function addEventTrack(ctx: Ctx, input: AddEventTrackInput): Promise<Outcome<EventTrackRow>> {
  const seen = await ctx.loaders.event.load(input.eventId)
  if (!seen) return failed(noSuch('event', 'eventId'))
  await requireWriter(ctx, seen)
  const draft = { name: input.name.trim(), description: tidy(input.description) }
  const problems = trackProblems(draft)
  if (problems.length > 0) return failed(...problems)

  return changeEvent(
    ctx,
    'addEventTrack',
    seen.id,
    async (tx, event) => {
      const { length } = await tracksOf(tx, event.id)
      if (length >= tracksMax)
        return failed(contract.failure('TOO_MANY_TRACKS', `An event has at most ${tracksMax} tracks.`))
      const now = ctx.now()
      const [track] = await tx
        .insert(eventTracks)
        .values({
          ...draft,
          id: ctx.newId('trk'),
          eventId: event.id,
          position: length,
          createdAt: now,
          updatedAt: now,
        })
        .returning()
      if (!track) throw new Error('insert returned nothing')
      return done(track)
    },
    { event_track_name_once: trackNameTaken },
    input,
  )
}
