import type { Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import { eventCreated } from '../contract.ts'
import { clonedDraft } from '../domain/cloned.ts'
import { draftProblems } from '../domain/event-draft.ts'
import { type EventParts, termsOf } from '../domain/event-terms.ts'
import { slugsFor } from '../domain/slug.ts'
import type { CloneEventInput } from '../generated/graphql.ts'
import { insertEvent, slugTaken } from '../insert-event.ts'
import type { Ctx } from '../loaders.ts'
import { lockEvent } from '../lock-event.ts'
import { changeRoles } from '../memberships.ts'
import { type EventRow, eventPrizes, eventReminders, eventTracks } from '../tables.ts'
import { noSuch } from '../tracks/failures.ts'
import { partsOf } from '../tracks/parts-of.ts'

/** Drafts an event like another one at another time. The other is locked, so that it is copied as it is at one moment. */
export async function cloneEvent(ctx: Ctx, input: CloneEventInput): Promise<Outcome<EventRow>> {
  const seen = await ctx.loaders.event.load(input.id)
  if (!seen) return failed(noSuch('event', 'id'))
  const viewer = ctx.requireViewer()
  ctx.require('events:write', { organizationId: seen.organizationId })

  return ctx.transaction(
    'cloneEvent',
    async (tx) => {
      const source = await lockEvent(tx, seen.id)
      const draft = clonedDraft(source, (input.title ?? source.title).trim(), input.startsAt)
      const problems = draftProblems(draft)
      if (problems.length > 0) return failed(...problems)
      const [id, now] = [ctx.newId('evt'), ctx.now()]
      const event = await insertEvent(
        tx,
        {
          ...draft,
          id,
          organizationId: source.organizationId,
          seriesId: input.seriesId === undefined ? source.seriesId : input.seriesId,
          createdById: viewer.userId,
          createdAt: now,
          updatedAt: now,
        },
        slugsFor(draft.title, id, draft.visibility === 'UNLISTED'),
      )
      if (!event) return failed(slugTaken())
      const parts = await copyParts(ctx, tx, source.id, event)
      await copyReminders(ctx, tx, source.id, event)
      await tx.emit(eventCreated, termsOf(event, parts))
      await changeRoles(ctx, tx, { event, userId: viewer.userId, give: ['OWNER'] })
      return done(event)
    },
    { event_series_of_same_organization: () => noSuch('series', 'seriesId') },
    input,
  )
}

/** Prizes stay with their tracks, which have other ids. */
async function copyParts(ctx: Ctx, tx: Transaction, sourceId: string, event: EventRow): Promise<EventParts> {
  const { tracks, prizes } = await partsOf(tx, sourceId)
  const fresh = { eventId: event.id, createdAt: event.createdAt, updatedAt: event.updatedAt }
  const newTracks = tracks.map((track) => ({ ...track, ...fresh, id: ctx.newId('trk') }))
  const newIds = new Map(tracks.map(({ id }, index) => [id, newTracks[index]?.id ?? null]))
  const newPrizes = prizes.map((prize) => ({
    ...prize,
    ...fresh,
    id: ctx.newId('prz'),
    trackId: prize.trackId && (newIds.get(prize.trackId) ?? null),
  }))
  if (newTracks.length > 0) await tx.insert(eventTracks).values(newTracks)
  if (newPrizes.length > 0) await tx.insert(eventPrizes).values(newPrizes)
  return { tracks: newTracks, prizes: newPrizes }
}

async function copyReminders(ctx: Ctx, tx: Transaction, sourceId: string, event: EventRow): Promise<void> {
  const reminders = await tx.select().from(eventReminders).where(eq(eventReminders.eventId, sourceId))
  if (reminders.length === 0) return
  await tx.insert(eventReminders).values(
    reminders.map((reminder) => ({
      ...reminder,
      id: ctx.newId('erm'),
      eventId: event.id,
      firedAt: null,
      createdAt: event.createdAt,
      updatedAt: event.updatedAt,
    })),
  )
}
