import { and, desc, eq, gte, isNotNull, type SQL, sql } from 'drizzle-orm'
import { makePgArray } from 'drizzle-orm/pg-core'
import { delivery } from '../bus/tables.ts'
import type { Context, Transaction } from '../context.ts'
import type { Envelope } from '../events/envelope.ts'
import type { BackboneTables } from '../events/tables.ts'
import { keyset, type OrderKey } from '../paging.ts'
import type { BackboneAnswers, DeadFilter, DeadLetter } from './questions.ts'

/** Follows from what it is a delivery of, so that nothing has to be kept for it. */
const letterId = sql<string>`md5(${delivery.consumer} || ':' || ${delivery.eventId}::text)::uuid`

/** What the order of dead letters is made of: the latest first. */
export interface DeadLetterKey {
  deadAt: Date
  deliveryId: string
  consumer: string
}

/** For every domain the same, so that a cursor of all of them together is one of each. */
export const latestDead: OrderKey<DeadLetterKey>[] = [
  { column: delivery.deadAt, direction: 'DESC', value: (row) => row.deadAt },
  { column: delivery.eventId, direction: 'DESC', value: (row) => row.deliveryId },
  { column: delivery.consumer, direction: 'DESC', value: (row) => row.consumer },
]
export const deadLettersList = 'Query.deadLetters'

/** Where a dead letter stands in the order. */
export const keyOf = ({ consumer, event, deadAt }: DeadLetter): DeadLetterKey => ({
  consumer,
  deliveryId: event.replay?.copyId ?? event.id,
  deadAt: new Date(deadAt),
})

/** A page of what a domain has given up. */
export async function readDeadLetters(
  ctx: Context,
  filter: DeadFilter,
  page: { first: number; after: string | null },
): Promise<BackboneAnswers['deadLetters']> {
  const where = matching(ctx.domain, filter)
  const set = keyset(deadLettersList, latestDead, page)
  const rows = await ctx.db
    .select({ ...letter, id: letterId })
    .from(delivery)
    .where(and(where, set.where))
    .orderBy(desc(delivery.deadAt), desc(delivery.eventId), desc(delivery.consumer))
    .limit(set.limit)
  return { letters: rows.map(toLetter), totalCount: await ctx.db.$count(delivery, where) }
}

/**
 * Lets the oldest that match be tried again. Each goes before whatever still waits of its aggregate; what came after it
 * and was handled meanwhile stays handled. Rivals pass over what one of them has taken.
 */
export async function redriveDeadLetters(
  ctx: Context,
  tx: Transaction,
  { filter, limit }: { filter: DeadFilter; limit: number },
): Promise<string[]> {
  const rows = await tx
    .update(delivery)
    .set({ deadAt: null, attempts: 0, availableAt: sql`now()` })
    .where(chosen(ctx, tx, filter, limit))
    .returning({ id: letterId })
  if (rows.length > 0) tx.afterCommit(() => ctx.signals.send('bus', ['redriven']))
  return rows.map(({ id }) => id)
}

/** Gives them up for good: as if handled, so that a repeated delivery has no effect either. */
export async function discardDeadLetters(
  ctx: Context,
  tx: Transaction,
  { inbox }: BackboneTables,
  { filter, limit }: { filter: DeadFilter; limit: number },
): Promise<string[]> {
  const rows = await tx
    .delete(delivery)
    .where(chosen(ctx, tx, filter, limit))
    .returning({ id: letterId, eventId: delivery.eventId })
  if (rows.length > 0) {
    const handled = rows.map(({ eventId }) => ({ consumer: ctx.domain, eventId, handledAt: ctx.now() }))
    await tx.insert(inbox).values(handled).onConflictDoNothing()
  }
  return rows.map(({ id }) => id)
}

const letter = {
  consumer: delivery.consumer,
  envelope: delivery.envelope,
  attempts: delivery.attempts,
  lastError: delivery.lastError,
  deadAt: delivery.deadAt,
}

type LetterRow = Omit<typeof delivery.$inferSelect, 'seq' | 'eventId' | 'aggregate' | 'availableAt'> & {
  id: string
}

const toLetter = ({ id, consumer, envelope, attempts, lastError, deadAt }: LetterRow): DeadLetter => ({
  id,
  consumer,
  event: envelope as Envelope,
  attempts,
  lastError,
  deadAt: deadAt?.toISOString() ?? '',
})

function matching(consumer: string, { ids, eventName, aggregate, since }: DeadFilter): SQL | undefined {
  return and(
    eq(delivery.consumer, consumer),
    isNotNull(delivery.deadAt),
    ids ? sql`${letterId} = any(${sql.param(makePgArray([...ids]))}::uuid[])` : undefined,
    eventName === undefined ? undefined : sql`${delivery.envelope} ->> 'name' = ${eventName}`,
    aggregate === undefined ? undefined : eq(delivery.aggregate, aggregate),
    since === undefined ? undefined : gte(delivery.deadAt, new Date(since)),
  )
}

/** The oldest that match and that nobody else is working on, locked. */
function chosen(ctx: Context, tx: Transaction, filter: DeadFilter, limit: number): SQL {
  const oldest = tx
    .select({ seq: delivery.seq })
    .from(delivery)
    .where(matching(ctx.domain, filter))
    .orderBy(delivery.seq)
    .limit(limit)
    .for('update', { skipLocked: true })
  return sql`${delivery.seq} = any(array(${oldest}))`
}
