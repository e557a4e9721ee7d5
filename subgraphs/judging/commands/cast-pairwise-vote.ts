import type { Context, Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq, sql } from 'drizzle-orm'
import contract from '../contract.ts'
import { takesScores } from '../domain/round-life.ts'
import { inConflict, noSuchRound, notOpen, wrongMode } from '../failures.ts'
import type { CastPairwiseVoteInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { holdRound, lockAssignments } from '../rounds/lock-round.ts'
import { tellProgress } from '../rounds/progress-signal.ts'
import { givePair, isComparable, noteView, pairOf } from '../scoring/pairs.ts'
import { requireJudge } from '../standing.ts'
import { type JudgingPairRow, judgedProjects, type PairwiseVoteRow, votes } from '../tables.ts'

export interface Cast {
  vote: PairwiseVoteRow | null
  pair: JudgingPairRow
}

/** Takes a vote on the very pair that the judge was given, and gives the next one. */
export async function castPairwiseVote(ctx: Ctx, input: CastPairwiseVoteInput): Promise<Outcome<Cast>> {
  const seen = await ctx.loaders.round.load(input.roundId)
  if (!seen) return failed(noSuchRound('roundId'))
  await requireJudge(ctx, seen)
  const { userId: judgeId } = ctx.requireViewer()
  if (seen.mode !== 'PAIRWISE') return failed(wrongMode('roundId'))
  const { previousId, nextId } = input
  const winnerId = input.winnerId ?? null
  if (winnerId !== null && winnerId !== previousId && winnerId !== nextId) {
    return failed(
      contract.failure('INVALID_VALUE', 'The better one is one of the two.', ['input', 'winnerId']),
    )
  }

  return ctx.transaction(
    'castPairwiseVote',
    async (tx) => {
      const round = await holdRound(tx, seen.id)
      if (!takesScores(round, ctx.now())) return failed(notOpen('roundId'))
      await lockAssignments(tx, round.id)
      const held = await pairOf(tx, round.id, judgeId)
      if (held?.previousId !== previousId || held.nextId !== nextId) {
        return failed(contract.failure('PAIR_MISMATCH', 'This is not your pair.', ['input']))
      }
      for (const [field, id] of Object.entries({ previousId, nextId })) {
        if (!(await isComparable(tx, judgeId, id))) return failed(inConflict(field))
      }
      await noteView(ctx, tx, judgeId, nextId, winnerId === null)
      const vote =
        winnerId === null
          ? null
          : await writeVote(ctx, tx, {
              roundId: round.id,
              judgeId,
              winnerId,
              loserId: winnerId === previousId ? nextId : previousId,
            })
      tellProgress(ctx, tx, [round.id])
      return done({
        vote,
        pair: await givePair(ctx, tx, round, judgeId, winnerId === null ? previousId : nextId),
      })
    },
    {},
    input,
  )
}

async function writeVote(
  ctx: Context,
  tx: Transaction,
  given: Pick<PairwiseVoteRow, 'roundId' | 'judgeId' | 'winnerId' | 'loserId'>,
): Promise<PairwiseVoteRow> {
  const [vote] = await tx
    .insert(votes)
    .values({ ...given, id: ctx.newId('pwv'), at: ctx.now() })
    .returning()
  if (!vote) throw new Error('insert returned nothing')
  for (const id of [given.winnerId, given.loserId].sort()) {
    await tx
      .update(judgedProjects)
      .set({ reviewCount: sql`${judgedProjects.reviewCount} + 1` })
      .where(eq(judgedProjects.id, id))
  }
  return vote
}
