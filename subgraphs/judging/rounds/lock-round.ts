import type { Transaction } from '@guildhall/kit/context'
import { eq, sql } from 'drizzle-orm'
import { type JudgingRoundRow, rounds } from '../tables.ts'

/** Locks a round for a change of its own: nobody scores or assigns meanwhile. Always the first lock. */
export async function lockRound(tx: Transaction, id: string): Promise<JudgingRoundRow> {
  const [round] = await tx.select().from(rounds).where(eq(rounds.id, id)).for('update')
  if (!round) throw new Error(`round ${id} is gone`)
  return round
}

/** Holds a round as it is while something is done in it: others may do the same, but it does not close meanwhile. */
export async function holdRound(tx: Transaction, id: string): Promise<JudgingRoundRow> {
  const [round] = await tx.select().from(rounds).where(eq(rounds.id, id)).for('share')
  if (!round) throw new Error(`round ${id} is gone`)
  return round
}

/** Lets one at a time change who judges what in a round. After the round itself. */
export async function lockAssignments(tx: Transaction, roundId: string): Promise<void> {
  const key = `judging.assignments:${roundId}`
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`)
}
