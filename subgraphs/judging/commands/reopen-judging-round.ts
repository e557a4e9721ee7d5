import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import { line, problemsOf } from '@guildhall/kit/validate'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import contract, { roundOpened } from '../contract.ts'
import { roundLife } from '../domain/round-life.ts'
import { noSuchRound } from '../failures.ts'
import type { ReopenJudgingRoundInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockRound } from '../rounds/lock-round.ts'
import { moveRound } from '../rounds/move-round.ts'
import { roundFactsOf } from '../rounds/round-facts.ts'
import { requireManager } from '../standing.ts'
import { type JudgingRoundRow, results } from '../tables.ts'

/** Opens a closed round again; what was frozen thaws, and is worked out anew when it closes. */
export async function reopenJudgingRound(
  ctx: Ctx,
  input: ReopenJudgingRoundInput,
): Promise<Outcome<JudgingRoundRow>> {
  const seen = await ctx.loaders.round.load(input.id)
  if (!seen) return failed(noSuchRound())
  await requireManager(ctx, seen)
  const reason = input.reason.trim()
  if (reason === '') return failed(contract.failure('REASON_REQUIRED', 'Say why.', ['input', 'reason']))
  const problems = problemsOf(z.object({ reason: line(1_000) }), { reason })
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'reopenJudgingRound',
    async (tx) => {
      const round = await lockRound(tx, seen.id)
      if (round.status !== 'CLOSED') {
        return failed(illegalTransition(roundLife, round.status, 'OPEN', ['input', 'id']))
      }
      const now = ctx.now()
      const closesAt = input.closesAt === undefined ? round.closesAt : input.closesAt
      const isTimely = closesAt === null || (closesAt > now && (!round.opensAt || closesAt > round.opensAt))
      if (!isTimely) {
        return failed(
          contract.failure('INVALID_TIME_RANGE', 'Say until when scores are taken now.', [
            'input',
            'closesAt',
          ]),
        )
      }
      await tx.delete(results).where(eq(results.roundId, round.id))
      const moved = await moveRound(ctx, tx, round, {
        to: 'OPEN',
        reason,
        changes: { closesAt, openedAt: now, closedAt: null },
      })
      await tx.emit(roundOpened, { ...(await roundFactsOf(ctx, tx, moved)), reason })
      return done(moved)
    },
    {},
    input,
  )
}
