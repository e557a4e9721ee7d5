import { anyOf } from '@guildhall/kit/any-of'
import type { Context, Transaction } from '@guildhall/kit/context'
import { done } from '@guildhall/kit/outcome'
import { sourcesOf } from '@guildhall/kit/state-machine'
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Leased } from '../deliveries/lease.ts'
import { deliveryLife } from '../domain/delivery.ts'
import { deliveries, digestItems, digests } from '../tables.ts'

/** A delivery that is not to go alone. */
export interface ToGather {
  delivery: Leased
  key: string
  closesAt: Date
}

/**
 * Puts deliveries into the open digests of their recipients, opening those that are missing. A delivery is DIGESTED if
 * and only if it is an item; one that is not ours any more is left to its new owner.
 */
export async function gather(
  ctx: Context,
  items: readonly ToGather[],
  tally: (channel: string, result: string) => void,
): Promise<void> {
  const [first] = items
  if (!first) return
  const gathered = await ctx.transaction('gatherDigests', async (tx) => {
    const now = ctx.now()
    const taken = await tx
      .update(deliveries)
      .set({ status: 'DIGESTED', reason: 'DIGEST', lastError: null, changedAt: now })
      .where(
        and(
          anyOf(
            deliveries.id,
            items.map(({ delivery }) => delivery.id),
          ),
          eq(deliveries.nextAt, first.delivery.until),
          inArray(deliveries.status, sourcesOf(deliveryLife, 'DIGESTED')),
        ),
      )
      .returning({ id: deliveries.id })
    const ours = new Set(taken.map(({ id }) => id))
    const own = items.filter(({ delivery }) => ours.has(delivery.id))
    const open = await openDigests(tx, ctx, own)
    const rows = own.map((item) => ({
      digestId: open.get(placeOf(item)) ?? '',
      notificationId: item.delivery.notificationId,
    }))
    if (rows.length > 0) await tx.insert(digestItems).values(rows).onConflictDoNothing()
    return done(own)
  })
  if (gathered.ok) for (const { delivery } of gathered.value) tally(delivery.channel, 'DIGESTED')
}

const placeOf = ({ delivery: { recipientId, channel, type }, key }: ToGather): string =>
  `${recipientId} ${channel} ${type} ${key}`

/** The open digest of each place, locked: it does not close before its items are in it. */
async function openDigests(
  tx: Transaction,
  ctx: Context,
  items: readonly ToGather[],
): Promise<Map<string, string>> {
  const wanted = [...new Map(items.map((item) => [placeOf(item), item]))]
  if (wanted.length === 0) return new Map()
  // In one order: two who gather for the same people wait for each other.
  wanted.sort(([a], [b]) => (a < b ? -1 : 1))
  const rows = await tx
    .insert(digests)
    .values(
      wanted.map(
        ([
          ,
          {
            delivery: { recipientId, channel, type },
            key,
            closesAt,
          },
        ]) => ({
          id: ctx.newId('dig'),
          recipientId,
          channel,
          type,
          key,
          closesAt,
          changedAt: ctx.now(),
        }),
      ),
    )
    .onConflictDoUpdate({
      target: [digests.recipientId, digests.channel, digests.type, digests.key],
      targetWhere: sql`${digests.status} = 'OPEN'`,
      set: { changedAt: ctx.now() },
    })
    .returning()
  return new Map(
    rows.map(({ id, recipientId, channel, type, key }) => [`${recipientId} ${channel} ${type} ${key}`, id]),
  )
}
