import type { Context, Transaction } from '@guildhall/kit/context'
import { and, asc, eq } from 'drizzle-orm'
import { pairwiseTallies } from '../domain/pairwise-tallies.ts'
import { resultsOf, type Tally } from '../domain/results.ts'
import { rubricTallies } from '../domain/rubric-tallies.ts'
import { criteria, type JudgingRoundRow, judgedProjects, results, scores, sheets, votes } from '../tables.ts'
import { excludeConflicts } from './exclude-conflicts.ts'

/** A statement has at most 65,535 parameters. */
const rowsPerInsert = 1_000

/**
 * Works out the results of a locked round and writes them down: from here on neither conflicts nor withdrawals change them.
 */
export async function freezeResults(ctx: Context, tx: Transaction, round: JudgingRoundRow): Promise<void> {
  await excludeConflicts(tx, round.id)
  const all = await tx.select().from(judgedProjects).where(eq(judgedProjects.roundId, round.id))
  const candidates = all.filter(({ isOut }) => !isOut)
  const projectIdOf = new Map(candidates.map(({ id, projectId }) => [id, projectId]))
  const tallies =
    round.mode === 'RUBRIC'
      ? await talliesOfSheets(tx, round.id)
      : await talliesOfVotes(tx, round.id, new Set(projectIdOf.keys()))
  const rows = resultsOf(candidates, tallies, round).map((draft) => ({
    ...draft,
    id: ctx.newId('rres'),
    roundId: round.id,
    projectId: projectIdOf.get(draft.judgedProjectId) ?? '',
  }))
  await tx.delete(results).where(eq(results.roundId, round.id))
  for (let from = 0; from < rows.length; from += rowsPerInsert) {
    await tx.insert(results).values(rows.slice(from, from + rowsPerInsert))
  }
}

async function talliesOfSheets(tx: Transaction, roundId: string): Promise<Map<string, Tally>> {
  const rubric = await tx
    .select()
    .from(criteria)
    .where(eq(criteria.roundId, roundId))
    .orderBy(asc(criteria.createdAt), asc(criteria.id))
  const isFinal = and(eq(sheets.roundId, roundId), eq(sheets.status, 'FINAL'))
  const final = await tx.select().from(sheets).where(isFinal)
  const given = await tx
    .select({ sheetId: scores.sheetId, criterionId: scores.criterionId, value: scores.value })
    .from(scores)
    .innerJoin(sheets, eq(sheets.id, scores.sheetId))
    .where(isFinal)
  const bySheet = Map.groupBy(given, ({ sheetId }) => sheetId)
  return rubricTallies(
    rubric,
    final.map(({ id, judgedProjectId, judgeId, exclusion }) => ({
      id,
      judgedProjectId,
      judgeId,
      isExcluded: exclusion !== null,
      scores: bySheet.get(id) ?? [],
    })),
  )
}

/** Comparisons with a project that is out of the running say nothing of the other any more. */
async function talliesOfVotes(
  tx: Transaction,
  roundId: string,
  inRunning: ReadonlySet<string>,
): Promise<Map<string, Tally>> {
  const cast = await tx.select().from(votes).where(eq(votes.roundId, roundId))
  return pairwiseTallies(
    cast
      .filter(({ winnerId, loserId }) => inRunning.has(winnerId) && inRunning.has(loserId))
      .map(({ winnerId, loserId, exclusion }) => ({ winnerId, loserId, isExcluded: exclusion !== null })),
  )
}
