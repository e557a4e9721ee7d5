import type { Transaction } from '@guildhall/kit/context'
import { eq, sql } from 'drizzle-orm'
import { assignments, judgedProjects } from '../tables.ts'

/** Counts anew how many judges each candidate of a round has; the lock on its assignments is held. */
export async function countJudges(tx: Transaction, roundId: string): Promise<void> {
  const own = sql`(select count(*)::int from ${assignments} where ${assignments.judgedProjectId} = ${judgedProjects.id})`
  await tx.update(judgedProjects).set({ judgeCount: own }).where(eq(judgedProjects.roundId, roundId))
}
