import type { Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import { and, eq, sql } from 'drizzle-orm'
import { mustNotJudge } from '../conflicts.ts'
import contract from '../contract.ts'
import { takesScores } from '../domain/round-life.ts'
import { sheetProblems } from '../domain/sheet.ts'
import { inConflict, noSuchCandidate, notOpen, wrongMode } from '../failures.ts'
import type { SubmitScoreInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { criteriaMax } from '../order.ts'
import { holdRound } from '../rounds/lock-round.ts'
import { tellProgress } from '../rounds/progress-signal.ts'
import { writeSheet } from '../scoring/write-sheet.ts'
import { requireJudge } from '../standing.ts'
import { assignments, judgedProjects, type ScoreSheetRow } from '../tables.ts'

/** Takes a judge's sheet on a project; the round is held, so that it is taken before the round closes or not at all. */
export async function submitScore(ctx: Ctx, input: SubmitScoreInput): Promise<Outcome<ScoreSheetRow>> {
  const { userId: judgeId } = ctx.requireViewer()
  const seen = await ctx.loaders.judgedProject.load(input.judgedProjectId)
  const home = seen && (await ctx.loaders.round.load(seen.roundId))
  if (!home) return failed(noSuchCandidate())
  await requireJudge(ctx, home)
  if (home.mode !== 'RUBRIC') return failed(wrongMode('judgedProjectId'))
  if (input.scores.length > criteriaMax) {
    return failed(contract.failure('INVALID_VALUE', `At most ${criteriaMax} scores.`, ['input', 'scores']))
  }
  const sheet = { scores: input.scores, comment: tidy(input.comment), isFinal: input.isFinal }
  const problems = sheetProblems(await ctx.loaders.criteria.load(home.id), sheet)
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'submitScore',
    async (tx) => {
      const round = await holdRound(tx, home.id)
      if (!takesScores(round, ctx.now())) return failed(notOpen('judgedProjectId'))
      if (await mustNotJudge(tx, judgeId, seen.projectId)) return failed(inConflict('judgedProjectId'))
      if (!(await isAssigned(tx, seen.id, judgeId))) {
        return failed(
          contract.failure('NOT_ASSIGNED', 'You were not given this project.', ['input', 'judgedProjectId']),
        )
      }
      const written = await writeSheet(ctx, tx, {
        ...sheet,
        roundId: round.id,
        judgedProjectId: seen.id,
        judgeId,
        expectedVersion: input.expectedVersion ?? null,
      })
      if (!written.ok) return written
      const { row, hasBecomeFinal } = written.value
      if (hasBecomeFinal) {
        await tx
          .update(judgedProjects)
          .set({ reviewCount: sql`${judgedProjects.reviewCount} + 1` })
          .where(eq(judgedProjects.id, seen.id))
      }
      tellProgress(ctx, tx, [round.id])
      return done(row)
    },
    {},
    input,
  )
}

async function isAssigned(tx: Transaction, judgedProjectId: string, judgeId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: assignments.id })
    .from(assignments)
    .where(and(eq(assignments.judgedProjectId, judgedProjectId), eq(assignments.judgeId, judgeId)))
    .for('share')
  return rows.length > 0
}
