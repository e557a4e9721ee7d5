import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import { and, count, eq } from 'drizzle-orm'
import contract, { roundOpened } from '../contract.ts'
import { roundLife } from '../domain/round-life.ts'
import { noSuchRound, versionConflict } from '../failures.ts'
import type { OpenJudgingRoundInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { termsFor } from '../projection.ts'
import { gatherCandidates } from '../rounds/candidates.ts'
import { lockAssignments, lockRound } from '../rounds/lock-round.ts'
import { moveRound } from '../rounds/move-round.ts'
import { roundFactsOf } from '../rounds/round-facts.ts'
import { requireManager } from '../standing.ts'
import { criteria, eventTerms, type JudgingRoundRow, judgedProjects, rounds } from '../tables.ts'

/** Opens a round on what was handed in by now. */
export async function openJudgingRound(
  ctx: Ctx,
  input: OpenJudgingRoundInput,
): Promise<Outcome<JudgingRoundRow>> {
  const seen = await ctx.loaders.round.load(input.id)
  if (!seen) return failed(noSuchRound())
  await requireManager(ctx, seen)
  await termsFor(ctx, seen.eventId, ({ status }) => status === 'JUDGING')

  return ctx.transaction(
    'openJudgingRound',
    async (tx) => {
      const round = await lockRound(tx, seen.id)
      if (round.status !== 'DRAFT')
        return failed(illegalTransition(roundLife, round.status, 'OPEN', ['input', 'id']))
      if (input.expectedVersion != null && input.expectedVersion !== round.version) {
        return failed(versionConflict())
      }
      const now = ctx.now()
      if (round.closesAt !== null && round.closesAt <= now) {
        return failed(refusal('INVALID_TIME_RANGE', 'The time of the round is over.'))
      }
      const [event] = await tx.select().from(eventTerms).where(eq(eventTerms.id, round.eventId)).for('share')
      if (event?.status !== 'JUDGING') {
        return failed(refusal('EVENT_NOT_JUDGING', `The event is ${event?.status ?? 'unknown'}.`))
      }
      if (round.previousRoundId !== null && !(await hasResults(tx, round.previousRoundId))) {
        return failed(refusal('TOO_FEW_PROJECTS', 'The round before is not closed.'))
      }
      await lockAssignments(tx, round.id)
      await gatherCandidates(ctx, tx, round)
      const counts = await countsOf(tx, round.id)
      if (round.mode === 'RUBRIC' && counts.criteria === 0) {
        return failed(refusal('NO_CRITERIA', 'Add a criterion that counts.'))
      }
      if (counts.projects < (round.mode === 'RUBRIC' ? 1 : 2)) {
        return failed(refusal('TOO_FEW_PROJECTS', `There are ${counts.projects} projects to judge.`))
      }
      const moved = await moveRound(ctx, tx, round, { to: 'OPEN', changes: { openedAt: now } })
      await tx.emit(roundOpened, { ...(await roundFactsOf(ctx, tx, moved)), reason: null })
      return done(moved)
    },
    {},
    input,
  )
}

type Tx = Parameters<typeof lockRound>[0]

async function hasResults(tx: Tx, roundId: string): Promise<boolean> {
  const [previous] = await tx.select({ status: rounds.status }).from(rounds).where(eq(rounds.id, roundId))
  return previous?.status === 'CLOSED' || previous?.status === 'PUBLISHED'
}

async function countsOf(tx: Tx, roundId: string): Promise<{ criteria: number; projects: number }> {
  const [lines] = await tx
    .select({ count: count() })
    .from(criteria)
    .where(and(eq(criteria.roundId, roundId), eq(criteria.isIndependent, false)))
  const [projects] = await tx
    .select({ count: count() })
    .from(judgedProjects)
    .where(eq(judgedProjects.roundId, roundId))
  return { criteria: Number(lines?.count ?? 0), projects: Number(projects?.count ?? 0) }
}

const refusal = (
  code: 'INVALID_TIME_RANGE' | 'EVENT_NOT_JUDGING' | 'NO_CRITERIA' | 'TOO_FEW_PROJECTS',
  message: string,
): Failure => contract.failure(code, message, ['input', 'id'])
