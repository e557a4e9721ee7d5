import type { Context, Transaction } from '@guildhall/kit/context'
import { and, count, eq, ne, or, type SQL, sql } from 'drizzle-orm'
import { type RegistrationRow, registrations } from '../tables.ts'
import { inQueueOrder, isQueueing } from './queue-order.ts'

/** Gives a registration in the queue a priority. */
export async function rank(
  ctx: Context,
  tx: Transaction,
  { id }: RegistrationRow,
  priority: number,
): Promise<RegistrationRow> {
  const [ranked] = await tx
    .update(registrations)
    .set({
      waitlistPriority: priority,
      version: sql`${registrations.version} + 1`,
      updatedAt: ctx.now(),
    })
    .where(and(eq(registrations.id, id), eq(registrations.status, 'WAITLISTED')))
    .returning()
  if (!ranked) throw new Error(`registration ${id} was locked and has left the queue`)
  return ranked
}

/**
 * Gives a registration a place in the queue of its event. Those in front of it are raised by two, which changes nothing
 * among them, so that there is a rank between them and the one who had the place.
 */
export async function moveTo(
  ctx: Context,
  tx: Transaction,
  registration: RegistrationRow,
  position: number,
): Promise<RegistrationRow> {
  const others = and(isQueueing(registration.eventId), ne(registrations.id, registration.id))
  const [holder] = await tx
    .select()
    .from(registrations)
    .where(others)
    .orderBy(...inQueueOrder)
    .offset(position - 1)
    .limit(1)
  if (!holder) return rank(ctx, tx, registration, (await lowestPriority(tx, others)) - 1)
  await tx
    .update(registrations)
    .set({ waitlistPriority: sql`${registrations.waitlistPriority} + 2` })
    .where(and(others, inFrontOf(holder)))
  return rank(ctx, tx, registration, holder.waitlistPriority + 1)
}

/** Place in the queue, from 1. */
export async function positionOf(tx: Transaction, registration: RegistrationRow): Promise<number> {
  const [row] = await tx
    .select({ ahead: count() })
    .from(registrations)
    .where(and(isQueueing(registration.eventId), inFrontOf(registration)))
  return Number(row?.ahead ?? 0) + 1
}

async function lowestPriority(tx: Transaction, others: SQL | undefined): Promise<number> {
  const [row] = await tx
    .select({ lowest: sql<number>`coalesce(min(${registrations.waitlistPriority}), 0)`.mapWith(Number) })
    .from(registrations)
    .where(others)
  return row?.lowest ?? 0
}

/** Those who are offered a seat before this one. */
const inFrontOf = ({ waitlistPriority, waitlistedAt, number }: RegistrationRow): SQL | undefined =>
  or(
    sql`${registrations.waitlistPriority} > ${waitlistPriority}`,
    and(
      eq(registrations.waitlistPriority, waitlistPriority),
      sql`(${registrations.waitlistedAt}, ${registrations.number}) < (${waitlistedAt?.toISOString()}::timestamptz, ${number}::int)`,
    ),
  )
