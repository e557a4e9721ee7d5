import type { Context, Transaction } from '@guildhall/kit/context'
import { eq } from 'drizzle-orm'
import type { RoundFacts } from '../contract.ts'
import { eventTerms, type JudgingRoundRow } from '../tables.ts'
import { judgesOf } from './judges.ts'

/** What other domains are told of a round. */
export async function roundFactsOf(
  ctx: Context,
  tx: Transaction,
  round: JudgingRoundRow,
): Promise<RoundFacts> {
  const [event] = await tx
    .select({ title: eventTerms.title, visibility: eventTerms.visibility })
    .from(eventTerms)
    .where(eq(eventTerms.id, round.eventId))
  return {
    roundId: round.id,
    roundName: round.name,
    eventId: round.eventId,
    eventTitle: event?.title ?? '',
    eventVisibility: event?.visibility ?? 'ORGANIZATION',
    organizationId: round.organizationId,
    judgeIds: await judgesOf(tx, round.eventId),
    isBlind: round.isBlind,
    version: round.version,
    actorId: ctx.viewer?.userId ?? null,
  }
}
