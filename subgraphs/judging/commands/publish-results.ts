import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition, stepOf } from '@guildhall/kit/state-machine'
import { resultsPublished } from '../contract.ts'
import { roundLife } from '../domain/round-life.ts'
import { noSuchRound } from '../failures.ts'
import type { PublishResultsInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { alreadyAwarded, awardsOf } from '../results/awards.ts'
import { publishedFacts } from '../results/published-facts.ts'
import { lockRound } from '../rounds/lock-round.ts'
import { moveRound } from '../rounds/move-round.ts'
import { roundFactsOf } from '../rounds/round-facts.ts'
import { requireManager } from '../standing.ts'
import { awards, type JudgingRoundRow } from '../tables.ts'

/** Shows the results of a round to everybody, as they were frozen, and says who won. */
export async function publishResults(
  ctx: Ctx,
  input: PublishResultsInput,
): Promise<Outcome<JudgingRoundRow>> {
  const seen = await ctx.loaders.round.load(input.roundId)
  if (!seen) return failed(noSuchRound('roundId'))
  await requireManager(ctx, seen)
  const event = await ctx.loaders.ownTerms.load(seen.eventId)

  return ctx.transaction(
    'publishResults',
    async (tx) => {
      const round = await lockRound(tx, seen.id)
      if (!stepOf(roundLife, round.status, 'PUBLISHED')) {
        return failed(illegalTransition(roundLife, round.status, 'PUBLISHED', ['input', 'roundId']))
      }
      const given = await awardsOf(tx, round, event?.tracks ?? [], input.awards ?? null)
      if (!given.ok) return given
      const now = ctx.now()
      const rows = given.value.map((award) => ({
        ...award,
        id: ctx.newId('awd'),
        roundId: round.id,
        awardedAt: now,
      }))
      if (rows.length > 0) await tx.insert(awards).values(rows)
      const moved = await moveRound(ctx, tx, round, { to: 'PUBLISHED', changes: { publishedAt: now } })
      await tx.emit(resultsPublished, {
        ...(await roundFactsOf(ctx, tx, moved)),
        ...(await publishedFacts(tx, round.id, given.value)),
      })
      return done(moved)
    },
    { award_once: alreadyAwarded },
    input,
  )
}
