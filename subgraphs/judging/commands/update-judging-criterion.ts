import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import { eq } from 'drizzle-orm'
import { type CriterionDraft, criterionProblems } from '../domain/criterion-draft.ts'
import { notEditable } from '../failures.ts'
import type { UpdateJudgingCriterionInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { noSuchCriterion, seenCriterion } from '../rounds/criterion.ts'
import { lockRound } from '../rounds/lock-round.ts'
import { requireManager } from '../standing.ts'
import { criteria, type JudgingCriterionRow } from '../tables.ts'

/** Changes a line of the rubric of a draft: what is left out stays, null clears. */
export async function updateJudgingCriterion(
  ctx: Ctx,
  input: UpdateJudgingCriterionInput,
): Promise<Outcome<JudgingCriterionRow>> {
  const { idempotencyKey: _key, id, ...given } = input
  const seen = await seenCriterion(ctx, id)
  if (!seen) return failed(noSuchCriterion())
  await requireManager(ctx, seen.round)
  const changes = changesOf(given)

  return ctx.transaction(
    'updateJudgingCriterion',
    async (tx) => {
      const round = await lockRound(tx, seen.round.id)
      if (round.status !== 'DRAFT') return failed(notEditable(round.status))
      const [before] = await tx.select().from(criteria).where(eq(criteria.id, id))
      if (!before) return failed(noSuchCriterion())
      const problems = criterionProblems({ ...before, ...changes })
      if (problems.length > 0) return failed(...problems)
      if (Object.keys(changes).length === 0) return done(before)
      const [changed] = await tx.update(criteria).set(changes).where(eq(criteria.id, id)).returning()
      if (!changed) throw new Error('update returned nothing')
      return done(changed)
    },
    {},
    input,
  )
}

type Given = Omit<UpdateJudgingCriterionInput, 'id' | 'idempotencyKey'>

/** What cannot be cleared is left out when it is null. */
function changesOf(given: Given): Partial<CriterionDraft> {
  return {
    ...(given.name == null ? {} : { name: given.name.trim() }),
    ...(given.description === undefined ? {} : { description: tidy(given.description) }),
    ...(given.weight == null ? {} : { weight: given.weight }),
    ...(given.minScore == null ? {} : { minScore: given.minScore }),
    ...(given.maxScore == null ? {} : { maxScore: given.maxScore }),
    ...(given.step == null ? {} : { step: given.step }),
    ...(given.isRequired == null ? {} : { isRequired: given.isRequired }),
    ...(given.isIndependent == null ? {} : { isIndependent: given.isIndependent }),
  }
}
