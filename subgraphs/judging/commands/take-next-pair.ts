import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import { takesScores } from '../domain/round-life.ts'
import { noSuchRound, notOpen, wrongMode } from '../failures.ts'
import type { TakeNextPairInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { holdRound, lockAssignments } from '../rounds/lock-round.ts'
import { givePair, isComparable, pairOf } from '../scoring/pairs.ts'
import { requireJudge } from '../standing.ts'
import type { JudgingPairRow } from '../tables.ts'

/** Gives the caller a pair to compare: the one that waits for a vote, or a new one. */
export async function takeNextPair(ctx: Ctx, input: TakeNextPairInput): Promise<Outcome<JudgingPairRow>> {
  const seen = await ctx.loaders.round.load(input.roundId)
  if (!seen) return failed(noSuchRound('roundId'))
  await requireJudge(ctx, seen)
  const { userId: judgeId } = ctx.requireViewer()
  if (seen.mode !== 'PAIRWISE') return failed(wrongMode('roundId'))

  return ctx.transaction(
    'takeNextPair',
    async (tx) => {
      const round = await holdRound(tx, seen.id)
      if (!takesScores(round, ctx.now())) return failed(notOpen('roundId'))
      await lockAssignments(tx, round.id)
      const held = await pairOf(tx, round.id, judgeId)
      const comparable = async (id: string | null | undefined) =>
        id != null && (await isComparable(tx, judgeId, id)) ? id : null
      const previousId = await comparable(held?.previousId)
      if (held && previousId !== null && (await comparable(held.nextId))) return done(held)
      const pair = await givePair(ctx, tx, round, judgeId, previousId)
      if (pair.nextId === null) {
        return failed(contract.failure('NOTHING_LEFT', 'You have compared everything.', ['input', 'roundId']))
      }
      return done(pair)
    },
    {},
    input,
  )
}
