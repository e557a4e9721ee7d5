import { anyOf } from '@guildhall/kit/any-of'
import type { Context } from '@guildhall/kit/context'
import { sourcesOf } from '@guildhall/kit/state-machine'
import { and, eq, inArray } from 'drizzle-orm'
import { deliveryLife, type Result, waitMs, withoutPeople } from '../domain/delivery.ts'
import { deliveries, type NotificationDeliveryRow } from '../tables.ts'
import type { Leased } from './lease.ts'

/** A delivery with what became of it. */
export interface Noted {
  delivery: Leased
  result: Result
}

/**
 * Writes down what became of deliveries, each only if it is still ours: after a lease has run out another sender decides.
 * But for SENT: sent is sent.
 */
export async function note(
  ctx: Pick<Context, 'db' | 'now'>,
  noted: readonly Noted[],
  tally: (channel: string, result: string) => void,
): Promise<void> {
  // What is written alike is one statement.
  const alike = Map.groupBy(noted, ({ delivery, result }) =>
    JSON.stringify([delivery.until, result.status === 'RETRY' ? delivery.id : result]),
  )
  for (const group of alike.values()) {
    const [first] = group
    if (!first) continue
    const { status } = first.result
    await ctx.db
      .update(deliveries)
      .set({ ...changesOf(ctx.now(), first), status, changedAt: ctx.now() })
      .where(
        and(
          anyOf(
            deliveries.id,
            group.map(({ delivery }) => delivery.id),
          ),
          inArray(deliveries.status, sourcesOf(deliveryLife, status)),
          status === 'SENT' ? undefined : eq(deliveries.nextAt, first.delivery.until),
        ),
      )
    for (const { delivery } of group) tally(delivery.channel, status)
  }
}

function changesOf(now: Date, { delivery, result }: Noted): Partial<NotificationDeliveryRow> {
  switch (result.status) {
    case 'SENT':
    case 'DIGESTED':
      return { reason: null, lastError: null }
    case 'DEFERRED':
      return { reason: result.reason, nextAt: result.until }
    case 'RETRY':
      return {
        lastError: withoutPeople(result.error),
        nextAt: new Date(now.getTime() + waitMs(delivery.attempts, Math.random(), result.retryAfterMs)),
      }
    default:
      return { reason: result.reason, ...(result.error ? { lastError: withoutPeople(result.error) } : {}) }
  }
}
