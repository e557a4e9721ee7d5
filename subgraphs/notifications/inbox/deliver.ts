import type { Context, Transaction } from '@guildhall/kit/context'
import { insertRows } from '@guildhall/kit/insert-rows'
import { sql } from 'drizzle-orm'
import { enqueue, waysOut } from '../deliveries/enqueue.ts'
import type { Notice } from '../domain/notice.ts'
import { typeOf } from '../domain/notification-types.ts'
import { type SkipReason, verdictsOf } from '../preferences/verdicts.ts'
import { notifications, recipients } from '../tables.ts'
import { giveBack, takePositions } from './positions.ts'
import { withoutRepeats } from './repeats.ts'

/** What became of notices. */
export interface Delivered {
  /** Those who have it in their inbox now. */
  delivered: string[]
  /** Those who do not want it there, and why. */
  suppressed: Map<string, SkipReason>
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
  const suppressed = new Map<string, SkipReason>()
  for (let from = 0; from < perPerson.length; from += statementSize) {
    const page = perPerson.slice(from, from + statementSize)
    const unwanted = await unwantedBy(tx, ctx, page.filter(isForInbox))
    const wanted = page.filter((notice) => !unwanted.has(notice.recipientId))
    const fresh = await withoutRepeats(tx, ctx, page)
    const [inside, outside] = [
      fresh.filter((notice) => isForInbox(notice) && !unwanted.has(notice.recipientId)),
      fresh.filter((notice) => !isForInbox(notice) || unwanted.has(notice.recipientId)),
    ]
    if (inside.length > 0) await insert(tx, ctx, cause, inside)
    const leaving = outside.filter((notice) => waysOut(notice).length > 0)
    if (leaving.length > 0) await insertOutside(tx, ctx, cause, leaving)
    delivered.push(...wanted.map((notice) => notice.recipientId))
    for (const [userId, reason] of unwanted) suppressed.set(userId, reason)
  }
  return { delivered, suppressed }
}

const isForInbox = ({ channels }: Notice): boolean => channels?.includes('IN_APP') ?? true

/** Those of these notices that their recipients do not want in the app, and why. */
async function unwantedBy(
  tx: Transaction,
  ctx: Pick<Context, 'now'>,
  notices: readonly Notice[],
): Promise<Map<string, SkipReason>> {
  const verdicts = await verdictsOf(
    { db: tx, now: ctx.now },
    notices.map((notice) => ({ ...notice, channel: 'IN_APP' })),
  )
  return new Map(
    notices.flatMap(({ recipientId }, place) => {
      const verdict = verdicts[place]
      return verdict?.kind === 'SKIP' ? [[recipientId, verdict.reason] as const] : []
    }),
  )
}

async function insert(
  tx: Transaction,
  ctx: Pick<Context, 'now' | 'newId' | 'signals'>,
  cause: string,
  notices: readonly Notice[],
): Promise<void> {
  const seqOf = await takePositions(
    tx,
    notices.map((notice) => notice.recipientId),
  )
  const rows = notices.map((notice) => ({
    ...rowOf(ctx, cause, notice),
    seq: seqOf.get(notice.recipientId) ?? 0,
  }))
  const inserted = await write(tx, rows)
  const told = new Set(inserted.map((row) => row.recipientId))
  await enqueue(tx, ctx, inserted)
  await giveBack(
    tx,
    notices.map((notice) => notice.recipientId).filter((id) => !told.has(id)),
  )
  if (told.size > 0) tx.afterCommit(() => ctx.signals.send('inbox', [...told]))
}

/** A notification but for its place in the inbox. */
function rowOf(ctx: Pick<Context, 'now' | 'newId'>, cause: string, notice: Notice) {
  const id = ctx.newId('ntf')
  return {
    ...notice,
    id,
    groupKey: notice.groupKey ?? notice.subjectId ?? id,
    category: typeOf(notice.type).category,
    cause,
    createdAt: ctx.now(),
  }
}

/** Writes notifications. @returns those of whose cause their recipients were not told before. */
async function write<Row extends typeof notifications.$inferInsert>(
  tx: Transaction,
  rows: readonly Row[],
): Promise<Row[]> {
  const written = await tx.execute<{ id: string }>(sql`${insertRows(notifications, rows)}
    on conflict (recipient_id, cause) do nothing returning id`)
  const made = new Set(written.map(({ id }) => String(notifications.id.mapFromDriverValue(id))))
  return rows.filter(({ id }) => made.has(id))
}

/** What is not wanted in the app may be by another channel: it has no place in the inbox, and is not counted there. */
async function insertOutside(
  tx: Transaction,
  ctx: Pick<Context, 'now' | 'newId' | 'signals'>,
  cause: string,
  notices: readonly Notice[],
): Promise<void> {
  await tx
    .insert(recipients)
    .values(notices.map(({ recipientId }) => ({ id: recipientId })))
    .onConflictDoNothing()
  const rows = notices.map((notice) => ({ ...rowOf(ctx, cause, notice), seq: null }))
  await enqueue(tx, ctx, await write(tx, rows))
}
