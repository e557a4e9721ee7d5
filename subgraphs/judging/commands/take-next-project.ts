import type { Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, asc, eq, not, notExists } from 'drizzle-orm'
import { giveOne, hasEnough } from '../assigning/give-one.ts'
import { isConflicted } from '../conflicts.ts'
import contract from '../contract.ts'
import { takesScores } from '../domain/round-life.ts'
import { noSuchRound, notOpen, wrongMode } from '../failures.ts'
import type { TakeNextProjectInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { holdRound, lockAssignments } from '../rounds/lock-round.ts'
import { requireJudge } from '../standing.ts'
import { assignments, type JudgeAssignmentRow, type JudgingRoundRow, judgedProjects } from '../tables.ts'

/** Gives the caller the project that the fewest judges have; rivals come one after the other. */
export async function takeNextProject(
  ctx: Ctx,
  input: TakeNextProjectInput,
): Promise<Outcome<JudgeAssignmentRow>> {
  const seen = await ctx.loaders.round.load(input.roundId)
  if (!seen) return failed(noSuchRound('roundId'))
  await requireJudge(ctx, seen)
  const { userId: judgeId } = ctx.requireViewer()
  if (seen.mode !== 'RUBRIC') return failed(wrongMode('roundId'))

  return ctx.transaction(
    'takeNextProject',
    async (tx) => {
      const round = await holdRound(tx, seen.id)
      if (!takesScores(round, ctx.now())) return failed(notOpen('roundId'))
      await lockAssignments(tx, round.id)
      if (await hasEnough(tx, round, judgeId)) {
        return failed(contract.failure('JUDGE_HAS_ENOUGH', 'You have enough.', ['input', 'roundId']))
      }
      const judgedProjectId = await nextFor(tx, round, judgeId)
      if (judgedProjectId === null) {
        return failed(
          contract.failure('NOTHING_LEFT', 'There is nothing left for you.', ['input', 'roundId']),
        )
      }
      return done(await giveOne(ctx, tx, round, { judgedProjectId, judgeId, origin: 'TAKEN' }))
    },
    {},
    input,
  )
}

async function nextFor(tx: Transaction, round: JudgingRoundRow, judgeId: string): Promise<string | null> {
  const own = tx
    .select({ id: assignments.id })
    .from(assignments)
    .where(and(eq(assignments.judgedProjectId, judgedProjects.id), eq(assignments.judgeId, judgeId)))
  const [next] = await tx
    .select({ id: judgedProjects.id })
    .from(judgedProjects)
    .where(
      and(
        eq(judgedProjects.roundId, round.id),
        eq(judgedProjects.isOut, false),
        notExists(own),
        not(isConflicted(judgedProjects.projectId, judgeId)),
      ),
    )
    .orderBy(asc(judgedProjects.judgeCount), asc(judgedProjects.reviewCount), asc(judgedProjects.number))
    .limit(1)
  return next?.id ?? null
}
