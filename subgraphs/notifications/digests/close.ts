import { anyOf } from '@guildhall/kit/any-of'
import type { BackgroundWork } from '@guildhall/kit/background-work'
import type { Context, Transaction } from '@guildhall/kit/context'
import { done } from '@guildhall/kit/outcome'
import { and, asc, eq, inArray, isNull, lt, lte, or } from 'drizzle-orm'
import { deliverySignal } from '../deliveries/enqueue.ts'
import { digestFacts, digestText } from '../domain/digest.ts'
import { typeOf } from '../domain/notification-types.ts'
import { unknownReader } from '../domain/texts.ts'
import { verdictsOf } from '../preferences/verdicts.ts'
import {
  deliveries,
  digestItems,
  digests,
  type NotificationDeliveryRow,
  type NotificationRow,
  notifications,
  persons,
} from '../tables.ts'

type DigestRow = typeof digests.$inferSelect

/** A notification with what its delivery says otherwise. */
type Gathered = NotificationRow & { own: Pick<NotificationDeliveryRow, 'title' | 'body'> }

/** Handed over together, in one transaction. */
const batchSize = 50

/** Closes digests whose window is over, by the clock, and hands each over as one delivery. */
export const digestWork: BackgroundWork = {
  name: 'notifications.digests',
  step: async (ctx) => {
    const closed = await closeDue(ctx)
    return (await handOver(ctx)) + closed > 0
  },
  hasWaiting: async ({ db, now }) =>
    (await db.select({ id: digests.id }).from(digests).where(isDue(now())).limit(1)).length > 0,
}

const isDue = (now: Date) =>
  or(eq(digests.status, 'CLOSED'), and(eq(digests.status, 'OPEN'), lte(digests.closesAt, now)))

/** From here on a digest takes nothing more. One that is being added to is closed by the next look. */
async function closeDue({ db, now }: Context): Promise<number> {
  const due = db
    .select({ id: digests.id })
    .from(digests)
    .where(and(eq(digests.status, 'OPEN'), lte(digests.closesAt, now())))
    .orderBy(asc(digests.closesAt), asc(digests.id))
    .limit(batchSize)
    .for('update', { skipLocked: true })
  const closed = await db
    .update(digests)
    .set({ status: 'CLOSED', changedAt: now() })
    .where(inArray(digests.id, due))
    .returning({ id: digests.id })
  return closed.length
}

/** Makes of each closed digest one notification that is only sent, and its delivery; who is killed here has done nothing. */
async function handOver(ctx: Context): Promise<number> {
  const outcome = await ctx.transaction('handOverDigests', async (tx) => {
    const closed = await tx
      .select()
      .from(digests)
      .where(eq(digests.status, 'CLOSED'))
      .orderBy(asc(digests.closesAt), asc(digests.id))
      .limit(batchSize)
      .for('update', { skipLocked: true })
    if (closed.length === 0) return done(0)
    const items = await itemsOf(tx, ctx, closed)
    const sent = closed.filter(({ id }) => items.has(id))
    const empty = closed.filter(({ id }) => !items.has(id))
    await send(tx, ctx, sent, items)
    await settle(tx, ctx, 'SENT', sent)
    await settle(tx, ctx, 'EMPTY', empty)
    return done(closed.length)
  })
  return outcome.ok ? outcome.value : 0
}

/** What is still to be told: neither read nor put away meanwhile, and wanted now. */
async function itemsOf(
  tx: Transaction,
  ctx: Context,
  closed: readonly DigestRow[],
): Promise<Map<string, Gathered[]>> {
  const rows = await tx
    .select({
      digest: digests,
      notification: notifications,
      own: { title: deliveries.title, body: deliveries.body },
    })
    .from(digestItems)
    .innerJoin(digests, eq(digests.id, digestItems.digestId))
    .innerJoin(notifications, eq(notifications.id, digestItems.notificationId))
    .innerJoin(
      deliveries,
      and(eq(deliveries.notificationId, notifications.id), eq(deliveries.channel, digests.channel)),
    )
    .where(
      and(
        anyOf(
          digests.id,
          closed.map(({ id }) => id),
        ),
        isNull(notifications.readAt),
        isNull(notifications.archivedAt),
      ),
    )
    .orderBy(asc(notifications.createdAt), asc(notifications.id))
  const verdicts = await verdictsOf(
    { db: tx, now: ctx.now },
    rows.map(({ digest: { channel }, notification: { recipientId, type, scopeIds, subjectId } }) => ({
      recipientId,
      type,
      channel,
      scopeIds,
      subjectId,
    })),
  )
  const wanted = rows.filter((_, place) => verdicts[place]?.kind !== 'SKIP')
  const byDigest = Map.groupBy(wanted, ({ digest }) => digest.id)
  return new Map(
    [...byDigest].map(([id, of]) => [id, of.map(({ notification, own }) => ({ ...notification, own }))]),
  )
}

async function send(
  tx: Transaction,
  ctx: Context,
  sent: readonly DigestRow[],
  items: ReadonlyMap<string, Gathered[]>,
): Promise<void> {
  if (sent.length === 0) return
  const people = sent.map(({ recipientId }) => recipientId)
  const readers = new Map(
    (await tx.select().from(persons).where(anyOf(persons.id, people))).map((person) => [person.id, person]),
  )
  const now = ctx.now()
  const told = sent.map(({ id: cause, recipientId, type, channel }) => {
    const gathered = items.get(cause) ?? []
    const id = ctx.newId('ntf')
    const facts = digestFacts(gathered)
    const text = digestText(gathered, readers.get(recipientId) ?? unknownReader)
    const { category } = typeOf(type)
    const groupKey = facts.subjectId ?? cause
    const notification = { ...facts, ...text, id, recipientId, type, category, cause, groupKey }
    return {
      channel,
      // Alone it says what it would have said without waiting.
      own: gathered.length === 1 ? gathered[0]?.own : undefined,
      notification: { ...notification, scopeIds: [...facts.scopeIds], seq: null, createdAt: now },
    }
  })
  await tx.insert(notifications).values(told.map(({ notification }) => notification))
  await tx.insert(deliveries).values(
    told.map(({ channel, own, notification: { id: notificationId, recipientId, type } }) => ({
      id: ctx.newId('dlv'),
      notificationId,
      recipientId,
      type,
      channel,
      ...own,
      nextAt: now,
      createdAt: now,
      changedAt: now,
    })),
  )
  tx.afterCommit(() => ctx.signals.send(deliverySignal, ['due']))
}

async function settle(
  tx: Transaction,
  ctx: Context,
  status: 'SENT' | 'EMPTY',
  which: readonly DigestRow[],
): Promise<void> {
  await tx
    .update(digests)
    .set({ status, changedAt: ctx.now() })
    .where(
      anyOf(
        digests.id,
        which.map(({ id }) => id),
      ),
    )
}

/** What was handed over is of no use but for looking into it. */
export async function forgetOldDigests(ctx: Context): Promise<void> {
  const before = new Date(ctx.now().getTime() - 30 * 24 * 3_600_000)
  await ctx.db
    .delete(digests)
    .where(and(inArray(digests.status, ['SENT', 'EMPTY']), lt(digests.changedAt, before)))
}
