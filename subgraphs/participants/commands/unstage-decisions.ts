import { anyOf } from '@guildhall/kit/any-of'
import { done, type Outcome } from '@guildhall/kit/outcome'
import { and, isNull } from 'drizzle-orm'
import { releaseInProgress } from '../decisions/not-staged.ts'
import type { UnstageDecisionsInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type Reviewed, reviewable } from '../review.ts'
import { lockSeats } from '../seats.ts'
import { stagedDecisions } from '../tables.ts'

/** Reviewers take back what they have noted and nobody was told. */
export async function unstageDecisions(ctx: Ctx, input: UnstageDecisionsInput): Promise<Outcome<Reviewed>> {
  const asked = await reviewable(ctx, input)
  if (!asked.ok) return asked
  const { seen, missing } = asked.value
  return ctx.transaction(
    'unstageDecisions',
    async (tx) => {
      await lockSeats(tx, [...new Set(seen.map(({ eventId }) => eventId))])
      const those = anyOf(
        stagedDecisions.registrationId,
        seen.map(({ id }) => id),
      )
      await tx.delete(stagedDecisions).where(and(those, isNull(stagedDecisions.releaseId)))
      const kept = await tx.select({ id: stagedDecisions.registrationId }).from(stagedDecisions).where(those)
      const left = new Set(kept.map(({ id }) => id))
      const { code, message } = releaseInProgress
      return done({
        succeeded: seen.filter(({ id }) => !left.has(id)),
        failed: [...missing, ...kept.map(({ id }) => ({ id, code, message }))],
      })
    },
    {},
    input,
  )
}
