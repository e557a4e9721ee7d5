import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { actById, beginAct, carryOut, type WantedAct } from '../acts.ts'
import { isDomain } from '../ask-domains.ts'
import contract from '../contract.ts'
import { filterOf } from '../dead-letters.ts'
import { choiceProblems, letterUuid } from '../domain/letters.ts'
import type { DiscardDeadLettersInput, RedriveDeadLettersInput } from '../generated/graphql.ts'
import { type Ctx, platform } from '../loaders.ts'
import type { OperatorActRow } from '../tables.ts'

/** What trying again and giving up have in common: it is written down, then done, then written down what came of it. */
export async function tendDeadLetters(
  ctx: Ctx,
  kind: WantedAct['kind'],
  input: RedriveDeadLettersInput | DiscardDeadLettersInput,
): Promise<Outcome<OperatorActRow>> {
  ctx.require('operations:manage', platform)
  const { userId } = ctx.requireViewer()
  const problems = choiceProblems(input)
  const consumer = input.filter?.consumer ?? null
  if (consumer !== null && !isDomain(consumer))
    problems.push(contract.failure('NOT_FOUND', 'There is no such domain.', ['input', 'filter', 'consumer']))
  if (problems.length > 0) return failed(...problems)
  const ids = input.ids?.map((id) => letterUuid(id) ?? '')
  const wanted: WantedAct = {
    kind,
    actorId: userId,
    reason: input.reason.trim(),
    consumer,
    filter: { ...filterOf(input.filter), ...(ids ? { ids } : {}) },
    limit: input.limit,
  }
  const begun = await ctx.transaction(
    kind === 'REDRIVE' ? 'redriveDeadLetters' : 'discardDeadLetters',
    async (tx) => done((await beginAct(ctx, tx, wanted)).id),
    {},
    input,
  )
  if (!begun.ok) return begun
  // Of the same key: what was begun before, and perhaps not ended.
  const act = await actById(ctx, begun.value)
  return done(act.finishedAt === null ? await carryOut(ctx, act) : act)
}
