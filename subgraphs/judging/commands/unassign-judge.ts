import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import { countJudges } from '../assigning/count-judges.ts'
import contract from '../contract.ts'
import { notEditable } from '../failures.ts'
import type { UnassignJudgeInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { holdRound, lockAssignments } from '../rounds/lock-round.ts'
import { tellProgress } from '../rounds/progress-signal.ts'
import { requireManager } from '../standing.ts'
import { assignments, sheets } from '../tables.ts'

/** Takes a project from a judge who has not begun to score it. @returns the id of the candidate. */
export async function unassignJudge(ctx: Ctx, input: UnassignJudgeInput): Promise<Outcome<string>> {
  const seen = await ctx.loaders.assignment.load(input.id)
  const home = seen && (await ctx.loaders.ownRound.load(seen.roundId))
  if (!home) return failed(noSuchAssignment())
  await requireManager(ctx, home)

  return ctx.transaction(
    'unassignJudge',
    async (tx) => {
      const round = await holdRound(tx, home.id)
      if (round.status !== 'DRAFT' && round.status !== 'OPEN') return failed(notEditable(round.status))
      await lockAssignments(tx, round.id)
      const begun = await tx
        .select({ id: sheets.id })
        .from(sheets)
        .where(and(eq(sheets.judgedProjectId, seen.judgedProjectId), eq(sheets.judgeId, seen.judgeId)))
      if (begun.length > 0) {
        return failed(contract.failure('ALREADY_SCORED', 'The judge has begun to score it.', ['input', 'id']))
      }
      const gone = await tx
        .delete(assignments)
        .where(eq(assignments.id, seen.id))
        .returning({ id: assignments.id })
      if (gone.length === 0) return failed(noSuchAssignment())
      await countJudges(tx, round.id)
      tellProgress(ctx, tx, [round.id])
      return done(seen.judgedProjectId)
    },
    {},
    input,
  )
}

const noSuchAssignment = () => contract.failure('NOT_FOUND', 'There is no such assignment.', ['input', 'id'])
