import type { Failure } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import { noSuchRound } from '../failures.ts'
import type { Ctx } from '../loaders.ts'
import type { EventTermsRow, JudgingRoundRow } from '../tables.ts'

/** What a round points to must belong to its event: a track, and a round before it. */
export async function homeProblems(
  ctx: Ctx,
  event: Pick<EventTermsRow, 'id' | 'tracks'>,
  { trackId, previousRoundId }: Pick<JudgingRoundRow, 'trackId' | 'previousRoundId'>,
  ownId?: string,
): Promise<Failure[]> {
  const problems: Failure[] = []
  if (trackId !== null && !event.tracks.some(({ id }) => id === trackId)) {
    problems.push(contract.failure('NOT_FOUND', 'The event has no such track.', ['input', 'trackId']))
  }
  if (previousRoundId !== null) {
    const previous = await ctx.loaders.round.load(previousRoundId)
    if (previous?.eventId !== event.id || previous.id === ownId) problems.push(noSuchRound('previousRoundId'))
  }
  return problems
}
