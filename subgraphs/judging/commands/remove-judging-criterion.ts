import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import { notEditable } from '../failures.ts'
import type { RemoveJudgingCriterionInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { noSuchCriterion, seenCriterion } from '../rounds/criterion.ts'
import { lockRound } from '../rounds/lock-round.ts'
import { requireManager } from '../standing.ts'
import { criteria, type JudgingRoundRow } from '../tables.ts'

/** Takes a line out of the rubric of a draft. */
export async function removeJudgingCriterion(
  ctx: Ctx,
  input: RemoveJudgingCriterionInput,
): Promise<Outcome<JudgingRoundRow>> {
  const seen = await seenCriterion(ctx, input.id)
  if (!seen) return failed(noSuchCriterion())
  await requireManager(ctx, seen.round)

  return ctx.transaction(
    'removeJudgingCriterion',
    async (tx) => {
      const round = await lockRound(tx, seen.round.id)
      if (round.status !== 'DRAFT') return failed(notEditable(round.status))
      const gone = await tx.delete(criteria).where(eq(criteria.id, input.id)).returning({ id: criteria.id })
      return gone.length === 0 ? failed(noSuchCriterion()) : done(round)
    },
    {},
    input,
  )
}
