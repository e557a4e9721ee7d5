import { anyOf } from '@guildhall/kit/any-of'
import type { Context } from '@guildhall/kit/context'
import { sourcesOf } from '@guildhall/kit/state-machine'
import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm'
import { deliveryLife, waitingStatuses } from '../domain/delivery.ts'
import type { Text } from '../domain/texts.ts'
import { deliveries, type NotificationDeliveryRow, type NotificationRow, notifications } from '../tables.ts'

/** Longer than sending may take: only what a dead sender has held is taken over. */
export const leaseMs = 60_000

/** Taken up together: what people want and where they are is asked for all of them at once. */
const batchSize = 100

/** A delivery that is ours until `until`, with what it tells. */
export interface Leased extends NotificationDeliveryRow {
  notification: NotificationRow
  until: Date
}

/** What a delivery says: words of its own, or those of the app. */
export const wordsOf = ({
  title,
  body,
  notification,
}: Pick<Leased, 'title' | 'body' | 'notification'>): Text =>
  title === null ? { title: notification.title, body: notification.body } : { title, body }

const isDue = (now: Date) => and(inArray(deliveries.status, waitingStatuses), lte(deliveries.nextAt, now))

/** Takes what is due by pushing it ahead; what is SENDING and due was left behind by a sender that died. */
export async function leaseDue({ db, now: clock }: Pick<Context, 'db' | 'now'>): Promise<Leased[]> {
  const now = clock()
  const until = new Date(now.getTime() + leaseMs)
  const due = db
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(isDue(now))
    .orderBy(asc(deliveries.nextAt), asc(deliveries.id))
    .limit(batchSize)
    .for('update', { skipLocked: true })
  const rows = await db
    .update(deliveries)
    .set({
      nextAt: until,
      status: sql`case ${deliveries.status} when 'SENDING' then 'RETRY' else ${deliveries.status} end`,
    })
    // As an array: a join might look for what is due more than once.
    .where(sql`${deliveries.id} = any(array(${due}))`)
    .returning()
  if (rows.length === 0) return []
  const told = await db
    .select()
    .from(notifications)
    .where(
      anyOf(
        notifications.id,
        rows.map((row) => row.notificationId),
      ),
    )
  const notificationOf = new Map(told.map((row) => [row.id, row]))
  return rows.flatMap((row) => {
    const notification = notificationOf.get(row.notificationId)
    // Forgotten this very moment, and its deliveries with it.
    return notification ? [{ ...row, notification, until }] : []
  })
}

/** Whether a delivery is due now. */
export async function hasDue({ db, now }: Pick<Context, 'db' | 'now'>): Promise<boolean> {
  const found = await db.select({ id: deliveries.id }).from(deliveries).where(isDue(now())).limit(1)
  return found.length > 0
}

/**
 * From here on it may leave: counts as an attempt before it is one, so that what kills its sender does not do so for ever.
 *
 * @returns those that are still ours, with a lease of full length.
 */
export async function beginSending(
  { db, now }: Pick<Context, 'db' | 'now'>,
  leased: readonly Leased[],
): Promise<Leased[]> {
  const [first] = leased
  if (!first) return []
  const until = new Date(now().getTime() + leaseMs)
  const begun = await db
    .update(deliveries)
    .set({
      status: 'SENDING',
      reason: null,
      attempts: sql`${deliveries.attempts} + 1`,
      nextAt: until,
      changedAt: now(),
    })
    .where(
      and(
        anyOf(
          deliveries.id,
          leased.map(({ id }) => id),
        ),
        eq(deliveries.nextAt, first.until),
        inArray(deliveries.status, sourcesOf(deliveryLife, 'SENDING')),
      ),
    )
    .returning()
  const own = new Map(leased.map((one) => [one.id, one]))
  return begun.flatMap((row) => {
    const before = own.get(row.id)
    return before ? [{ ...before, ...row, until }] : []
  })
}
