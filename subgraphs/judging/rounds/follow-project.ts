import type { Context, Transaction } from '@guildhall/kit/context'
import { and, asc, eq, inArray } from 'drizzle-orm'
import { type JudgingRoundRow, judgedProjects, type ProjectFactRow, projectFacts, rounds } from '../tables.ts'
import { addCandidates, handedIn, outOfRunning } from './candidates.ts'
import { lockAssignments } from './lock-round.ts'
import { tellProgress } from './progress-signal.ts'

/**
 * What becomes of a project in rounds that are open: one that is out of the running is judged no more; one whose news came
 * after the round had opened is judged, too.
 */
export async function followProject(ctx: Context, tx: Transaction, projectId: string): Promise<void> {
  const [facts] = await tx.select().from(projectFacts).where(eq(projectFacts.id, projectId))
  if (!facts) return
  const isOut = outOfRunning.includes(facts.status)
  if (!isOut && !handedIn.includes(facts.status)) return
  const open = await tx
    .select()
    .from(rounds)
    .where(and(eq(rounds.eventId, facts.eventId), eq(rounds.status, 'OPEN')))
    .orderBy(asc(rounds.id))
    .for('share')
  if (open.length === 0) return
  const ids = open.map(({ id }) => id)
  if (isOut) {
    await tx
      .update(judgedProjects)
      .set({ isOut: true })
      .where(and(eq(judgedProjects.projectId, projectId), inArray(judgedProjects.roundId, ids)))
  } else {
    await addLate(ctx, tx, open, facts)
  }
  tellProgress(ctx, tx, ids)
}

async function addLate(
  ctx: Context,
  tx: Transaction,
  open: readonly JudgingRoundRow[],
  facts: ProjectFactRow,
): Promise<void> {
  for (const round of open) {
    const isMeant = round.trackId === null || facts.trackIds.includes(round.trackId)
    if (round.previousRoundId !== null || !isMeant) continue
    await lockAssignments(tx, round.id)
    await addCandidates(ctx, tx, round, [facts])
  }
}
