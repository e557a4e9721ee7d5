import { anyOf } from '@guildhall/kit/any-of'
import type { Transaction } from '@guildhall/kit/context'
import { idOf } from '@guildhall/kit/ids'
import { inArray, sql } from 'drizzle-orm'
import { recipients } from '../tables.ts'

/**
 * Takes the next position of each inbox for a notification that is unseen, and locks its head until the end of the
 * transaction. Those who wait for the same head are served in turn; those who wait at `on conflict` are not, and under
 * many rivals some would wait for ever. So only people who were never told anything are inserted.
 *
 * @param recipientIds in their order, as everybody gives them.
 */
export async function takePositions(
  tx: Transaction,
  recipientIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await tx.execute<{ id: string; seq: number }>(sql`
    with mine as (
      select ${recipients.id} as id from ${recipients} where ${anyOf(recipients.id, recipientIds)}
      order by ${recipients.id} for update
    )
    update ${recipients} set
      seq = ${recipients.seq} + 1, unread = ${recipients.unread} + 1, unseen = ${recipients.unseen} + 1
    from mine where ${recipients.id} = mine.id
    returning ${recipients.id} as id, ${recipients.seq} as seq`)
  const taken = new Map([...rows].map(({ id, seq }) => [idOf('usr', id), seq]))
  const newcomers = recipientIds.filter((id) => !taken.has(id))
  if (newcomers.length === 0) return taken
  const heads = await tx
    .insert(recipients)
    .values(newcomers.map((id) => ({ id, seq: 1, unread: 1, unseen: 1 })))
    .onConflictDoUpdate({
      target: recipients.id,
      set: {
        seq: sql`${recipients.seq} + 1`,
        unread: sql`${recipients.unread} + 1`,
        unseen: sql`${recipients.unseen} + 1`,
      },
    })
    .returning({ id: recipients.id, seq: recipients.seq })
  for (const { id, seq } of heads) taken.set(id, seq)
  return taken
}

/** Positions taken for people who were told before: their inboxes are still locked by us, so nobody has seen these. */
export async function giveBack(tx: Transaction, recipientIds: readonly string[]): Promise<void> {
  if (recipientIds.length === 0) return
  await tx
    .update(recipients)
    .set({
      seq: sql`${recipients.seq} - 1`,
      unread: sql`${recipients.unread} - 1`,
      unseen: sql`${recipients.unseen} - 1`,
    })
    .where(inArray(recipients.id, [...recipientIds]))
}
