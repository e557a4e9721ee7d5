import type { Context } from '@guildhall/kit/context'
import { and, asc, count, eq, sql, sum } from 'drizzle-orm'
import {
  assignments,
  type JudgeProgressRow,
  type JudgingProgressRow,
  type JudgingRoundRow,
  judgedProjects,
  sheets,
  votes,
} from '../tables.ts'
import { judgesOf } from './judges.ts'

const judgesMax = 100

type Db = Pick<Context['db'], 'select'>

/** How far a round is, as the database has it now. */
export async function progressOf(db: Db, round: JudgingRoundRow): Promise<JudgingProgressRow> {
  const needed = round.minReviewsPerProject
  const [projects] = await db
    .select({
      count: count(),
      complete: sql<number>`count(*) filter (where ${judgedProjects.reviewCount} >= ${needed})`,
      reviews: sum(judgedProjects.reviewCount),
    })
    .from(judgedProjects)
    .where(and(eq(judgedProjects.roundId, round.id), eq(judgedProjects.isOut, false)))
  const [drafts] = await db
    .select({ count: count() })
    .from(sheets)
    .where(and(eq(sheets.roundId, round.id), eq(sheets.status, 'DRAFT')))
  const assigned = await countsByJudge(db, round.id)
  const done = await doneByJudge(db, round)
  const known = new Set([...(await judgesOf(db, round.eventId)), ...assigned.keys(), ...done.keys()])
  const judges = [...known].map((judgeId) => ({
    judgeId,
    assignedCount: assigned.get(judgeId) ?? 0,
    doneCount: done.get(judgeId) ?? 0,
  }))
  const projectCount = Number(projects?.count ?? 0)
  return {
    status: round.status,
    projectCount,
    completeProjectCount: Number(projects?.complete ?? 0),
    reviewCount: Number(projects?.reviews ?? 0),
    neededReviewCount: projectCount * needed,
    draftCount: Number(drafts?.count ?? 0),
    judgeCount: judges.length,
    activeJudgeCount: judges.filter(({ doneCount }) => doneCount > 0).length,
    judges: judges.sort(mostToDoFirst).slice(0, judgesMax),
  }
}

const mostToDoFirst = (a: JudgeProgressRow, b: JudgeProgressRow): number =>
  b.assignedCount - b.doneCount - (a.assignedCount - a.doneCount) || (a.judgeId < b.judgeId ? -1 : 1)

async function countsByJudge(db: Db, roundId: string): Promise<Map<string, number>> {
  const rows = await db
    .select({ judgeId: assignments.judgeId, count: count() })
    .from(assignments)
    .where(eq(assignments.roundId, roundId))
    .groupBy(assignments.judgeId)
    .orderBy(asc(assignments.judgeId))
  return new Map(rows.map((row) => [row.judgeId, Number(row.count)]))
}

async function doneByJudge(db: Db, round: JudgingRoundRow): Promise<Map<string, number>> {
  const rows =
    round.mode === 'RUBRIC'
      ? await db
          .select({ judgeId: sheets.judgeId, count: count() })
          .from(sheets)
          .where(and(eq(sheets.roundId, round.id), eq(sheets.status, 'FINAL')))
          .groupBy(sheets.judgeId)
      : await db
          .select({ judgeId: votes.judgeId, count: count() })
          .from(votes)
          .where(eq(votes.roundId, round.id))
          .groupBy(votes.judgeId)
  return new Map(rows.map((row) => [row.judgeId, Number(row.count)]))
}
