import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import { noSuchRound, notEditable } from '../failures.ts'
import type { DeleteJudgingRoundInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockRound } from '../rounds/lock-round.ts'
import { requireManager } from '../standing.ts'
import { rounds } from '../tables.ts'

/** Deletes a draft of a round. @returns the id of its event. */
export async function deleteJudgingRound(ctx: Ctx, input: DeleteJudgingRoundInput): Promise<Outcome<string>> {
  const seen = await ctx.loaders.round.load(input.id)
  if (!seen) return failed(noSuchRound())
  await requireManager(ctx, seen)

  return ctx.transaction(
    'deleteJudgingRound',
    async (tx) => {
      const round = await lockRound(tx, seen.id)
      if (round.status !== 'DRAFT') return failed(notEditable(round.status))
      await tx.update(rounds).set({ previousRoundId: null }).where(eq(rounds.previousRoundId, round.id))
      await tx.delete(rounds).where(eq(rounds.id, round.id))
      return done(round.eventId)
    },
    {},
    input,
  )
}
