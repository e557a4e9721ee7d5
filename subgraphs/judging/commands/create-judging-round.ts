import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { count, eq } from 'drizzle-orm'
import contract from '../contract.ts'
import { roundProblems } from '../domain/round-draft.ts'
import type { CreateJudgingRoundInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { roundsMax } from '../order.ts'
import { termsFor } from '../projection.ts'
import { homeProblems } from '../rounds/home.ts'
import { requireManager } from '../standing.ts'
import { eventTerms, type JudgingRoundRow, rounds } from '../tables.ts'

/** Drafts a round of judging; the terms of its event are locked, so that there are never too many. */
export async function createJudgingRound(
  ctx: Ctx,
  input: CreateJudgingRoundInput,
): Promise<Outcome<JudgingRoundRow>> {
  const event = await termsFor(ctx, input.eventId)
  if (!event) return failed(noSuchEvent())
  await requireManager(ctx, { eventId: event.id, organizationId: event.organizationId })
  const { idempotencyKey: _key, eventId: _event, mode, ...given } = input
  const draft = {
    ...given,
    name: given.name.trim(),
    trackId: given.trackId ?? null,
    previousRoundId: given.previousRoundId ?? null,
    opensAt: given.opensAt ?? null,
    closesAt: given.closesAt ?? null,
    maxProjectsPerJudge: given.maxProjectsPerJudge ?? null,
    advancesCount: given.advancesCount ?? null,
  }
  const problems = [...roundProblems(draft), ...(await homeProblems(ctx, event, draft))]
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'createJudgingRound',
    async (tx) => {
      await tx
        .select({ id: eventTerms.id })
        .from(eventTerms)
        .where(eq(eventTerms.id, event.id))
        .for('no key update')
      const [held] = await tx.select({ count: count() }).from(rounds).where(eq(rounds.eventId, event.id))
      if (Number(held?.count ?? 0) >= roundsMax) return failed(tooManyRounds())
      const now = ctx.now()
      const [round] = await tx
        .insert(rounds)
        .values({
          ...draft,
          mode,
          id: ctx.newId('rnd'),
          eventId: event.id,
          organizationId: event.organizationId,
          createdById: ctx.requireViewer().userId,
          seed: seedOf(event.id, Number(held?.count ?? 0), now),
          createdAt: now,
          updatedAt: now,
        })
        .returning()
      if (!round) throw new Error('insert returned nothing')
      return done(round)
    },
    {},
    input,
  )
}

/** Another one for each round: any number will do, as long as it stays. */
function seedOf(eventId: string, roundNumber: number, now: Date): number {
  let seed = roundNumber
  for (const letter of `${eventId}${now.toISOString()}`) {
    seed = (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0
  }
  return seed & 0x7fffffff
}

const noSuchEvent = (): Failure =>
  contract.failure('NOT_FOUND', 'There is no such event.', ['input', 'eventId'])

const tooManyRounds = (): Failure =>
  contract.failure('TOO_MANY_ROUNDS', `An event has at most ${roundsMax} rounds.`, ['input', 'eventId'])
