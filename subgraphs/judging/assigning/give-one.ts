import type { Context, Transaction } from '@guildhall/kit/context'
import { and, count, eq, sql } from 'drizzle-orm'
import { tellProgress } from '../rounds/progress-signal.ts'
import { assignments, type JudgeAssignmentRow, type JudgingRoundRow, judgedProjects } from '../tables.ts'

/** Whether a judge has as many projects as the round allows; the lock on its assignments is held. */
export async function hasEnough(tx: Transaction, round: JudgingRoundRow, judgeId: string): Promise<boolean> {
  if (round.maxProjectsPerJudge === null) return false
  const [held] = await tx
    .select({ count: count() })
    .from(assignments)
    .where(and(eq(assignments.roundId, round.id), eq(assignments.judgeId, judgeId)))
  return Number(held?.count ?? 0) >= round.maxProjectsPerJudge
}

/** Gives a judge one project; the lock on the round's assignments is held. */
export async function giveOne(
  ctx: Context,
  tx: Transaction,
  round: JudgingRoundRow,
  given: Pick<JudgeAssignmentRow, 'judgedProjectId' | 'judgeId' | 'origin'>,
): Promise<JudgeAssignmentRow> {
  const [row] = await tx
    .insert(assignments)
    .values({ ...given, id: ctx.newId('jas'), roundId: round.id, assignedAt: ctx.now() })
    .returning()
  if (!row) throw new Error('insert returned nothing')
  await tx
    .update(judgedProjects)
    .set({ judgeCount: sql`${judgedProjects.judgeCount} + 1` })
    .where(eq(judgedProjects.id, given.judgedProjectId))
  tellProgress(ctx, tx, [round.id])
  return row
}
