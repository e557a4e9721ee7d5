import type { Context } from '@guildhall/kit/context'
import { done } from '@guildhall/kit/outcome'
import { and, asc, eq, exists, gt, lte, notInArray, sql } from 'drizzle-orm'
import { batchSize, move } from '../moves.ts'
import { checkIns, eventSeats, registrations } from '../tables.ts'

/** Events that ended longer ago are settled, or were when this was new. */
const lookBackDays = 30
const roundsMax = 50

/**
 * After an event at whose doors tickets were scanned, those who were not let in have not come. A batch of an event at a
 * time under its lock, so that replicas and scans that arrive late take turns: whoever was there after all is checked in
 * by the scan that tells so.
 */
export async function markNoShows(ctx: Context): Promise<void> {
  for (let round = 0; round < roundsMax; round++) {
    const eventIds = await eventsToSettle(ctx)
    if (eventIds.length === 0) return
    let moved = 0
    for (const eventId of eventIds) moved += await markBatch(ctx, eventId)
    // What others hold locked at the moment is theirs, or for the next run.
    if (moved === 0) return
  }
}

async function markBatch(ctx: Context, eventId: string): Promise<number> {
  const outcome = await ctx.transaction('markNoShows', async (tx) => {
    const [seats] = await tx
      .select()
      .from(eventSeats)
      .where(and(eq(eventSeats.id, eventId), lte(eventSeats.endsAt, ctx.now())))
      .for('update', { skipLocked: true })
    if (!seats) return done(0)
    const rows = await tx
      .select()
      .from(registrations)
      .where(and(eq(registrations.eventId, eventId), eq(registrations.status, 'CONFIRMED')))
      .orderBy(asc(registrations.number))
      .limit(batchSize)
      .for('update')
    await move(ctx, tx, seats, rows, { to: 'NO_SHOW' })
    return done(rows.length)
  })
  return outcome.ok ? outcome.value : 0
}

async function eventsToSettle(ctx: Context): Promise<string[]> {
  const now = ctx.now()
  const since = new Date(now.getTime() - lookBackDays * 86_400_000)
  const rows = await ctx.db
    .select({ id: eventSeats.id })
    .from(eventSeats)
    .where(
      and(
        lte(eventSeats.endsAt, now),
        gt(eventSeats.endsAt, since),
        notInArray(eventSeats.status, ['DRAFT', 'CANCELLED']),
        exists(
          ctx.db
            .select({ one: sql`1` })
            .from(checkIns)
            .where(and(eq(checkIns.eventId, eventSeats.id), eq(checkIns.result, 'OK'))),
        ),
        exists(
          ctx.db
            .select({ one: sql`1` })
            .from(registrations)
            .where(and(eq(registrations.eventId, eventSeats.id), eq(registrations.status, 'CONFIRMED'))),
        ),
      ),
    )
    .orderBy(asc(eventSeats.endsAt), asc(eventSeats.id))
    .limit(batchSize)
  return rows.map(({ id }) => id)
}
