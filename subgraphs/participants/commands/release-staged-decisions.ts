import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, isNull } from 'drizzle-orm'
import contract from '../contract.ts'
import { releaseSignal } from '../decisions/release-work.ts'
import type { ReleaseStagedDecisionsInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type DecisionReleaseRow, decisionReleases, stagedDecisions } from '../tables.ts'
import { changeManaged } from '../waitlist/managed-event.ts'

/**
 * Takes all decisions that are staged at this moment into a release; from then on it goes on by itself. Of two releases at
 * once each decision is in one.
 */
export async function releaseStagedDecisions(
  ctx: Ctx,
  input: ReleaseStagedDecisionsInput,
): Promise<Outcome<DecisionReleaseRow>> {
  const viewer = ctx.requireViewer()
  return changeManaged(ctx, 'releaseStagedDecisions', input, async (tx, seats) => {
    const now = ctx.now()
    const release = {
      id: ctx.newId('rel'),
      eventId: seats.id,
      organizationId: seats.organizationId,
      decision: input.decision ?? null,
      status: 'RUNNING' as const,
      startedById: viewer.userId,
      startedAt: now,
      nextStepAt: now,
    }
    await tx.insert(decisionReleases).values({ ...release, totalCount: 0 })
    const taken = await tx
      .update(stagedDecisions)
      .set({ releaseId: release.id })
      .where(
        and(
          eq(stagedDecisions.eventId, seats.id),
          isNull(stagedDecisions.releaseId),
          input.decision ? eq(stagedDecisions.decision, input.decision) : undefined,
        ),
      )
    if (taken.count === 0) {
      const nothing = 'There are no staged decisions to release.'
      return failed(contract.failure('NOTHING_STAGED', nothing, ['input', 'eventId']))
    }
    const [begun] = await tx
      .update(decisionReleases)
      .set({ totalCount: taken.count })
      .where(eq(decisionReleases.id, release.id))
      .returning()
    if (!begun) throw new Error('update returned nothing')
    tx.afterCommit(() => ctx.signals.send(releaseSignal, [release.id]))
    return done(begun)
  })
}
