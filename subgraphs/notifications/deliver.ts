import type { Context, Transaction } from '@guildhall/kit/context'
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Notice } from './domain/notice.ts'
import { type NotificationTypeKey, typeOf } from './domain/notification-types.ts'
import { comes } from './domain/preferences.ts'
import { notifications, preferences, recipients } from './tables.ts'

/** What became of notices. */
export interface Delivered {
  /** Those who have it in their inbox now. */
  delivered: string[]
  /** Those who do not want it. */
  suppressed: string[]
}

/** Notices per statement: an organization may have more members than a statement takes parameters. */
const statementSize = 1_000

/**
 * Puts notices into inboxes, at most one per person and `cause`, and wakes the streams of their recipients once the
 * transaction has committed. Preferences are read here, at the moment of sending.
 *
 * @param cause what the notices tell of, such as an event's id; somebody who was told of it already keeps what they have.
 */
export async function deliver(
  tx: Transaction,
  ctx: Pick<Context, 'now' | 'newId' | 'signals'>,
  cause: string,
  notices: readonly Notice[],
): Promise<Delivered> {
  // In the order of recipients: two who write to the same people lock their inboxes in the same order.
  const perPerson = [...new Map(notices.map((notice) => [notice.recipientId, notice])).values()]
  perPerson.sort((a, b) => (a.recipientId < b.recipientId ? -1 : 1))
  const delivered: string[] = []
  const suppressed: string[] = []
  for (let from = 0; from < perPerson.length; from += statementSize) {
    const page = perPerson.slice(from, from + statementSize)
    const unwanted = await unwantedBy(tx, page)
    const wanted = page.filter((notice) => !unwanted.has(notice.recipientId))
    if (wanted.length > 0) await insert(tx, ctx, cause, wanted)
    delivered.push(...wanted.map((notice) => notice.recipientId))
    suppressed.push(...unwanted)
  }
  return { delivered, suppressed }
}

/** Those of these people who have turned this type of notification off. */
export async function withoutWish(
  db: Pick<Transaction, 'select'>,
  type: NotificationTypeKey,
  userIds: readonly string[],
): Promise<Set<string>> {
  const { category } = typeOf(type)
  const choices = await db
    .select()
    .from(preferences)
    .where(
      and(
        inArray(preferences.userId, [...userIds]),
        eq(preferences.category, category),
        eq(preferences.channel, 'IN_APP'),
      ),
    )
  return new Set(choices.filter((choice) => !comes(type, 'IN_APP', [choice])).map((choice) => choice.userId))
}

async function unwantedBy(tx: Transaction, notices: readonly Notice[]): Promise<Set<string>> {
  const byType = Map.groupBy(notices, (notice) => notice.type)
  const unwanted = new Set<string>()
  for (const [type, group] of byType) {
    const userIds = group.map((notice) => notice.recipientId)
    for (const userId of await withoutWish(tx, type, userIds)) unwanted.add(userId)
  }
  return unwanted
}

async function insert(
  tx: Transaction,
  ctx: Pick<Context, 'now' | 'newId' | 'signals'>,
  cause: string,
  notices: readonly Notice[],
): Promise<void> {
  const heads = await tx
    .insert(recipients)
    .values(notices.map(({ recipientId }) => ({ id: recipientId, seq: 1, unread: 1 })))
    .onConflictDoUpdate({
      target: recipients.id,
      set: { seq: sql`${recipients.seq} + 1`, unread: sql`${recipients.unread} + 1` },
    })
    .returning({ id: recipients.id, seq: recipients.seq })
  const seqOf = new Map(heads.map((head) => [head.id, head.seq]))
  const now = ctx.now()
  const inserted = await tx
    .insert(notifications)
    .values(
      notices.map(({ type, ...notice }) => ({
        ...notice,
        id: ctx.newId('ntf'),
        type,
        category: typeOf(type).category,
        seq: seqOf.get(notice.recipientId) ?? 0,
        cause,
        createdAt: now,
      })),
    )
    .onConflictDoNothing({ target: [notifications.recipientId, notifications.cause] })
    .returning({ recipientId: notifications.recipientId })
  const told = new Set(inserted.map((row) => row.recipientId))
  await giveBack(
    tx,
    notices.map((notice) => notice.recipientId).filter((id) => !told.has(id)),
  )
  if (told.size > 0) tx.afterCommit(() => ctx.signals.send('inbox', [...told]))
}

/** Positions taken for people who were told before: their inboxes are still locked by us, so nobody has seen these. */
async function giveBack(tx: Transaction, recipientIds: readonly string[]): Promise<void> {
  if (recipientIds.length === 0) return
  await tx
    .update(recipients)
    .set({ seq: sql`${recipients.seq} - 1`, unread: sql`${recipients.unread} - 1` })
    .where(inArray(recipients.id, [...recipientIds]))
}
