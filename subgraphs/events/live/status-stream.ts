import { BadUserInput } from '@guildhall/kit/errors'
import { isId } from '@guildhall/kit/ids'
import { type LookSink, lookAgain } from '@guildhall/kit/look-again'
import { and, asc, eq } from 'drizzle-orm'
import type { Ctx } from '../loaders.ts'
import { standing } from '../standing.ts'
import { type EventRow, type EventTransitionRow, events, eventTransitions } from '../tables.ts'
import { visibleTo } from '../visibility.ts'

/** Who is woken when an event has moved along its life. */
export const statusSignal = 'events.status'

/** What a reader is told: how an event stands, or one step of it. */
export interface StatusUpdate {
  event: EventRow
  from: EventRow['status'] | null
  to: EventRow['status']
  reason: string | null
  at: Date
}

/**
 * How an event stands, then each of its steps. They are read from their table, so that none is left out, and only as long
 * as the caller may see the event.
 *
 * @throws BadUserInput when there is none that the caller may see.
 */
export async function watchStatus(ctx: Ctx, id: string): Promise<AsyncIterableIterator<StatusUpdate>> {
  if (!isId('evt', id)) throw noSuchEvent()
  const begin = await read(ctx, id)
  if (!begin) throw noSuchEvent()
  const { event } = begin
  const told = new Set(begin.steps.map((step) => step.id))
  const look = async ({ push, end }: LookSink<StatusUpdate>) => {
    const now = await read(ctx, id)
    if (!now) return end()
    for (const step of now.steps.filter((one) => !told.has(one.id))) {
      told.add(step.id)
      push({ event: now.event, from: step.from, to: step.to, reason: step.reason, at: step.at })
    }
    if (now.event.status === 'ARCHIVED') end()
  }
  const standsNow = { event, from: null, to: event.status, reason: null, at: event.updatedAt }
  return lookAgain(ctx, { channel: statusSignal, key: id }, look, [standsNow])
}

const noSuchEvent = () => new BadUserInput('There is no such event.')

/** An event with all its steps as they are at one moment; null when the caller does not see it. */
async function read(ctx: Ctx, id: string): Promise<{ event: EventRow; steps: EventTransitionRow[] } | null> {
  const rows = await ctx.db
    .select({ event: events, step: eventTransitions })
    .from(events)
    .leftJoin(eventTransitions, eq(eventTransitions.eventId, events.id))
    .where(and(eq(events.id, id), visibleTo(ctx)))
    .orderBy(asc(eventTransitions.at), asc(eventTransitions.id))
  // The operation lasts as long as the stream: what hangs on the event is read anew for each step.
  for (const loader of Object.values(ctx.loaders)) loader.clearAll()
  standing.forget(ctx)
  const [first] = rows
  return first ? { event: first.event, steps: rows.flatMap(({ step }) => step ?? []) } : null
}
