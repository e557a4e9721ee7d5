import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition, stepOf } from '@guildhall/kit/state-machine'
import { roundClosed } from '../contract.ts'
import { roundLife } from '../domain/round-life.ts'
import { noSuchRound } from '../failures.ts'
import type { CloseJudgingRoundInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { freezeResults } from '../results/freeze.ts'
import { lockRound } from '../rounds/lock-round.ts'
import { moveRound } from '../rounds/move-round.ts'
import { roundFactsOf } from '../rounds/round-facts.ts'
import { requireManager } from '../standing.ts'
import type { JudgingRoundRow } from '../tables.ts'

/** Closes a round: whoever scores at this moment is waited for, whoever comes after is refused; then results are frozen. */
export async function closeJudgingRound(
  ctx: Ctx,
  input: CloseJudgingRoundInput,
): Promise<Outcome<JudgingRoundRow>> {
  const seen = await ctx.loaders.round.load(input.id)
  if (!seen) return failed(noSuchRound())
  await requireManager(ctx, seen)

  return ctx.transaction(
    'closeJudgingRound',
    async (tx) => {
      const round = await lockRound(tx, seen.id)
      if (!stepOf(roundLife, round.status, 'CLOSED')) {
        return failed(illegalTransition(roundLife, round.status, 'CLOSED', ['input', 'id']))
      }
      await freezeResults(ctx, tx, round)
      const moved = await moveRound(ctx, tx, round, { to: 'CLOSED', changes: { closedAt: ctx.now() } })
      await tx.emit(roundClosed, await roundFactsOf(ctx, tx, moved))
      return done(moved)
    },
    {},
    input,
  )
}
