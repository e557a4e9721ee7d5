import type { Failure } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { Ctx } from '../loaders.ts'
import type { JudgingCriterionRow, JudgingRoundRow } from '../tables.ts'

/** A criterion with its round, as far as the caller sees them. */
export async function seenCriterion(
  ctx: Ctx,
  id: string,
): Promise<{ criterion: JudgingCriterionRow; round: JudgingRoundRow } | null> {
  const criterion = await ctx.loaders.criterion.load(id)
  const round = criterion && (await ctx.loaders.round.load(criterion.roundId))
  return round ? { criterion, round } : null
}

export const noSuchCriterion = (): Failure =>
  contract.failure('NOT_FOUND', 'There is no such criterion.', ['input', 'id'])
