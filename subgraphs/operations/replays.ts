import { randomUUID } from 'node:crypto'
import type { Context } from '@guildhall/kit/context'
import { uuidOf } from '@guildhall/kit/ids'
import { problemOf } from '@guildhall/kit/log/error-fields'
import { done } from '@guildhall/kit/outcome'
import { and, asc, eq, isNull, lt, or, sql } from 'drizzle-orm'
import { askDomain, orderDomain } from './ask-domains.ts'
import { type EventReplayRow, eventReplays } from './tables.ts'

/** On which a new replay is made known. */
export const replaysSignal = 'operations.replays'

/** Whoever has not moved a replay on for so long is gone. */
const leaseSeconds = 20
/** After a page that failed. */
const retrySeconds = 5
const givenUpAfterMs = 3_600_000
const pageSize = 200

const leaseOf = (seconds: number) => sql`now() + ${seconds} * interval '1 second'`

/**
 * Moves a replay on by a page: what is read from the publisher's log is put into the consumer's mailbox, then the
 * position moves. A crash in between repeats a page, which changes nothing, since copies are handled once.
 *
 * @returns whether there may be more.
 */
export async function moveReplay(ctx: Context): Promise<boolean> {
  const replay = await take(ctx)
  if (!replay) return false
  try {
    const page = await askDomain(ctx, replay.publisher, {
      ask: 'logPage',
      names: replay.eventNames,
      fromSeq: replay.fromSeq,
      toSeq: replay.toSeq,
      after: replay.position,
      limit: pageSize,
    })
    if (page.envelopes.length > 0) {
      await orderDomain(ctx, replay.consumer, {
        order: 'deposit',
        replayId: uuidOf('rpl', replay.id),
        envelopes: page.envelopes,
      })
    }
    await moveOn(ctx, replay, {
      position: page.after,
      depositedCount: sql`${eventReplays.depositedCount} + ${page.envelopes.length}`,
      lastError: null,
      movedAt: ctx.now(),
      ...(page.isEnd ? { status: 'DONE', finishedAt: ctx.now() } : {}),
    })
  } catch (error) {
    ctx.log.error({ err: error, replay: replay.id }, 'replay does not go on')
    const isOver = ctx.now().getTime() - replay.movedAt.getTime() > givenUpAfterMs
    await moveOn(ctx, replay, {
      lastError: problemOf(error).slice(0, 500),
      leasedUntil: leaseOf(retrySeconds),
      ...(isOver ? { status: 'FAILED', finishedAt: ctx.now() } : {}),
    })
  }
  return true
}

/** Whether a replay could be moved on now. */
export const hasReplay = async (ctx: Context): Promise<boolean> =>
  (await ctx.db.$count(eventReplays, isDue)) > 0

const isDue = and(
  eq(eventReplays.status, 'RUNNING'),
  or(isNull(eventReplays.leasedUntil), lt(eventReplays.leasedUntil, sql`now()`)),
)

/** A replay that nobody moves on, with a fresh lease. */
async function take(ctx: Context): Promise<EventReplayRow | null> {
  const outcome = await ctx.transaction('takeReplay', async (tx) => {
    const [due] = await tx
      .select({ id: eventReplays.id })
      .from(eventReplays)
      .where(isDue)
      .orderBy(asc(eventReplays.movedAt))
      .limit(1)
      .for('update', { skipLocked: true })
    if (!due) return done(null)
    const [taken] = await tx
      .update(eventReplays)
      .set({ holder: randomUUID(), leasedUntil: leaseOf(leaseSeconds) })
      .where(eq(eventReplays.id, due.id))
      .returning()
    return done(taken ?? null)
  })
  return outcome.ok ? outcome.value : null
}

type Change = Partial<{ [Column in keyof typeof eventReplays.$inferInsert]: unknown }>

/** Only by whoever holds it; who was thought dead and was replaced changes nothing. */
async function moveOn(ctx: Context, { id, holder }: EventReplayRow, change: Change): Promise<void> {
  await ctx.transaction('moveReplay', async (tx) => {
    await tx
      .update(eventReplays)
      .set({ holder: null, leasedUntil: null, ...change } as never)
      .where(and(eq(eventReplays.id, id), eq(eventReplays.holder, holder ?? '')))
    return done(null)
  })
}
