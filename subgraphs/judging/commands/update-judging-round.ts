import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import { type RoundDraft, roundProblems } from '../domain/round-draft.ts'
import { noSuchRound, notEditable, versionConflict } from '../failures.ts'
import type { UpdateJudgingRoundInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { homeProblems } from '../rounds/home.ts'
import { requireManager } from '../standing.ts'
import { type JudgingRoundRow, rounds } from '../tables.ts'

/** Changes a draft of a round: what is left out stays, null clears. */
export async function updateJudgingRound(
  ctx: Ctx,
  input: UpdateJudgingRoundInput,
): Promise<Outcome<JudgingRoundRow>> {
  const { idempotencyKey: _key, id, expectedVersion, ...given } = input
  const seen = await ctx.loaders.round.load(id)
  if (!seen) return failed(noSuchRound())
  await requireManager(ctx, seen)
  const event = await ctx.loaders.ownTerms.load(seen.eventId)
  if (!event) return failed(noSuchRound())
  const changes = changesOf(given)
  const draft = { ...seen, ...changes }
  const problems = [...roundProblems(draft), ...(await homeProblems(ctx, event, draft, id))]
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'updateJudgingRound',
    async (tx) => {
      const [changed] = await tx
        .update(rounds)
        .set({ ...changes, version: seen.version + 1, updatedAt: ctx.now() })
        .where(
          and(
            eq(rounds.id, id),
            eq(rounds.status, 'DRAFT'),
            eq(rounds.version, expectedVersion ?? seen.version),
            eq(rounds.version, seen.version),
          ),
        )
        .returning()
      if (changed) return done(changed)
      const [now] = await tx.select().from(rounds).where(eq(rounds.id, id))
      if (!now) return failed(noSuchRound())
      return failed(now.status === 'DRAFT' ? versionConflict() : notEditable(now.status))
    },
    {},
    input,
  )
}

type Given = Omit<UpdateJudgingRoundInput, 'id' | 'expectedVersion' | 'idempotencyKey'>

/** What cannot be cleared is left out when it is null. */
function changesOf(given: Given): Partial<RoundDraft> {
  const { trackId, previousRoundId, opensAt, closesAt, maxProjectsPerJudge, advancesCount } = given
  return {
    ...(given.name == null ? {} : { name: given.name.trim() }),
    ...(given.isBlind == null ? {} : { isBlind: given.isBlind }),
    ...(given.minReviewsPerProject == null ? {} : { minReviewsPerProject: given.minReviewsPerProject }),
    ...(given.rankedBy == null ? {} : { rankedBy: given.rankedBy }),
    ...(given.tieRule == null ? {} : { tieRule: given.tieRule }),
    ...(given.isFeedbackShared == null ? {} : { isFeedbackShared: given.isFeedbackShared }),
    ...(trackId === undefined ? {} : { trackId }),
    ...(previousRoundId === undefined ? {} : { previousRoundId }),
    ...(opensAt === undefined ? {} : { opensAt }),
    ...(closesAt === undefined ? {} : { closesAt }),
    ...(maxProjectsPerJudge === undefined ? {} : { maxProjectsPerJudge }),
    ...(advancesCount === undefined ? {} : { advancesCount }),
  }
}
