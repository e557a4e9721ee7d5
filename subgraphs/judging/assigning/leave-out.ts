import type { Context, Transaction } from '@guildhall/kit/context'
import { and, asc, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import { lockAssignments } from '../rounds/lock-round.ts'
import { tellProgress } from '../rounds/progress-signal.ts'
import { assignments, judgedProjects, rounds, sheets, votes } from '../tables.ts'
import { countJudges } from './count-judges.ts'

/** Takes a judge out of what they must not judge, in every round of an event that is not closed. */
export const leaveOut = { hold, apply }

interface Barred {
  judgeId: string
  projectId: string
}

/** Holds the rounds, in the order of their ids, and lets nobody change who judges what meanwhile. */
async function hold(tx: Transaction, eventId: string): Promise<string[]> {
  const held = await tx
    .select({ id: rounds.id })
    .from(rounds)
    .where(and(eq(rounds.eventId, eventId), inArray(rounds.status, ['DRAFT', 'OPEN'])))
    .orderBy(asc(rounds.id))
    .for('share')
  for (const { id } of held) await lockAssignments(tx, id)
  return held.map(({ id }) => id)
}

async function apply(
  ctx: Context,
  tx: Transaction,
  roundIds: readonly string[],
  { judgeId, projectId }: Barred,
): Promise<void> {
  if (roundIds.length === 0) return
  const candidates = await tx
    .select({ id: judgedProjects.id })
    .from(judgedProjects)
    .where(and(inArray(judgedProjects.roundId, [...roundIds]), eq(judgedProjects.projectId, projectId)))
  const ids = candidates.map(({ id }) => id)
  if (ids.length === 0) return
  const marked = await tx
    .update(sheets)
    .set({ exclusion: 'CONFLICT' })
    .where(and(inArray(sheets.judgedProjectId, ids), eq(sheets.judgeId, judgeId), isNull(sheets.exclusion)))
    .returning({ id: sheets.judgedProjectId, status: sheets.status })
  const dropped = await tx
    .update(votes)
    .set({ exclusion: 'CONFLICT' })
    .where(
      and(
        or(inArray(votes.winnerId, ids), inArray(votes.loserId, ids)),
        eq(votes.judgeId, judgeId),
        isNull(votes.exclusion),
      ),
    )
    .returning({ winnerId: votes.winnerId, loserId: votes.loserId })
  const lost = [
    ...marked.filter(({ status }) => status === 'FINAL').map(({ id }) => id),
    ...dropped.flatMap(({ winnerId, loserId }) => [winnerId, loserId]),
  ]
  for (const [id, times] of [...Map.groupBy(lost, (one) => one)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await tx
      .update(judgedProjects)
      .set({ reviewCount: sql`${judgedProjects.reviewCount} - ${times.length}` })
      .where(eq(judgedProjects.id, id))
  }
  await freeAssignments(tx, roundIds, ids, judgeId)
  tellProgress(ctx, tx, roundIds)
}

/** What the judge has not begun to score is there for others. */
async function freeAssignments(
  tx: Transaction,
  roundIds: readonly string[],
  judgedProjectIds: readonly string[],
  judgeId: string,
): Promise<void> {
  const begun = tx.select({ id: sheets.judgedProjectId }).from(sheets).where(eq(sheets.judgeId, judgeId))
  await tx
    .delete(assignments)
    .where(
      and(
        inArray(assignments.judgedProjectId, [...judgedProjectIds]),
        eq(assignments.judgeId, judgeId),
        sql`${assignments.judgedProjectId} not in ${begun}`,
      ),
    )
  for (const roundId of roundIds) await countJudges(tx, roundId)
}
