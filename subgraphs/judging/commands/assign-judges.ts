import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import { type SharedOutRows, shareOutProblems, shareOutRound } from '../assigning/share-out-round.ts'
import contract from '../contract.ts'
import { noSuchRound, notEditable, wrongMode } from '../failures.ts'
import type { AssignJudgesInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { gatherCandidates } from '../rounds/candidates.ts'
import { judgesOf } from '../rounds/judges.ts'
import { holdRound, lockAssignments } from '../rounds/lock-round.ts'
import { requireManager } from '../standing.ts'
import { judgedProjects } from '../tables.ts'

/** Shares a round's projects out among judges. */
export async function assignJudges(ctx: Ctx, input: AssignJudgesInput): Promise<Outcome<SharedOutRows>> {
  const seen = await ctx.loaders.round.load(input.roundId)
  if (!seen) return failed(noSuchRound('roundId'))
  await requireManager(ctx, seen)
  if (seen.mode !== 'RUBRIC') return failed(wrongMode('roundId'))
  const problems = shareOutProblems(input)
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'assignJudges',
    async (tx) => {
      const round = await holdRound(tx, seen.id)
      if (round.status !== 'DRAFT' && round.status !== 'OPEN') {
        return failed(notEditable(round.status, 'roundId'))
      }
      await lockAssignments(tx, round.id)
      const known = new Set(await judgesOf(tx, round.eventId))
      const judgeIds = [...new Set(input.judgeIds ?? known)].sort()
      const strangers = judgeIds.filter((id) => !known.has(id))
      if (strangers.length > 0) return failed(...strangers.map(noJudge))
      if (judgeIds.length === 0) return failed(noJudge())
      if (round.status === 'DRAFT') await gatherCandidates(ctx, tx, round)
      const projects = await tx
        .select()
        .from(judgedProjects)
        .where(and(eq(judgedProjects.roundId, round.id), eq(judgedProjects.isOut, false)))
      if (projects.length === 0) {
        return failed(
          contract.failure('TOO_FEW_PROJECTS', 'There is nothing to judge yet.', ['input', 'roundId']),
        )
      }
      return done(await shareOutRound(ctx, tx, round, projects, judgeIds, input))
    },
    {},
    input,
  )
}

const noJudge = (id?: string): Failure =>
  contract.failure('NOT_A_JUDGE', id ? `${id} is no judge of the event.` : 'The event has no judges.', [
    'input',
    'judgeIds',
  ])
