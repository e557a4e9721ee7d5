import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import { count, eq } from 'drizzle-orm'
import contract from '../contract.ts'
import { criterionProblems } from '../domain/criterion-draft.ts'
import { noSuchRound, notEditable, wrongMode } from '../failures.ts'
import type { AddJudgingCriterionInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { criteriaMax } from '../order.ts'
import { lockRound } from '../rounds/lock-round.ts'
import { requireManager } from '../standing.ts'
import { criteria, type JudgingCriterionRow } from '../tables.ts'

/** Adds a line to the rubric of a draft. */
export async function addJudgingCriterion(
  ctx: Ctx,
  input: AddJudgingCriterionInput,
): Promise<Outcome<JudgingCriterionRow>> {
  const seen = await ctx.loaders.round.load(input.roundId)
  if (!seen) return failed(noSuchRound('roundId'))
  await requireManager(ctx, seen)
  if (seen.mode !== 'RUBRIC') return failed(wrongMode('roundId'))
  const { idempotencyKey: _key, roundId, ...given } = input
  const draft = { ...given, name: given.name.trim(), description: tidy(given.description) }
  const problems = criterionProblems(draft)
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'addJudgingCriterion',
    async (tx) => {
      const round = await lockRound(tx, roundId)
      if (round.status !== 'DRAFT') return failed(notEditable(round.status, 'roundId'))
      const [held] = await tx.select({ count: count() }).from(criteria).where(eq(criteria.roundId, roundId))
      if (Number(held?.count ?? 0) >= criteriaMax) {
        return failed(
          contract.failure('TOO_MANY_CRITERIA', `A round has at most ${criteriaMax} criteria.`, [
            'input',
            'roundId',
          ]),
        )
      }
      const [criterion] = await tx
        .insert(criteria)
        .values({ ...draft, id: ctx.newId('crt'), roundId, createdAt: ctx.now() })
        .returning()
      if (!criterion) throw new Error('insert returned nothing')
      return done(criterion)
    },
    {},
    input,
  )
}
