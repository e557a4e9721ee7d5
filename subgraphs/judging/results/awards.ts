import type { Transaction } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, asc, eq, isNull, lte } from 'drizzle-orm'
import contract from '../contract.ts'
import type { JudgingAwardInput } from '../generated/graphql.ts'
import { type HeardTrack, type JudgingRoundRow, results } from '../tables.ts'

export interface NewAward {
  projectId: string
  place: number
  trackId: string | null
  prizeId: string | null
}

const awardsMax = 200
/** Without a word on who wins, so many places do. */
const placesDefault = 3

/** Who wins: as it was said, or else by place. */
export async function awardsOf(
  tx: Transaction,
  round: JudgingRoundRow,
  tracks: readonly HeardTrack[],
  given: readonly JudgingAwardInput[] | null,
): Promise<Outcome<NewAward[]>> {
  const own = and(eq(results.roundId, round.id), isNull(results.trackId))
  if (given === null) {
    const best = await tx
      .select()
      .from(results)
      .where(and(own, lte(results.place, placesDefault)))
      .orderBy(asc(results.rank))
    return done(
      best.map(({ projectId, place }) => ({ projectId, place: place ?? 0, trackId: null, prizeId: null })),
    )
  }
  if (given.length > awardsMax) {
    return failed(contract.failure('INVALID_VALUE', `At most ${awardsMax} awards.`, ['input', 'awards']))
  }
  const judged = await tx.select().from(results).where(own)
  const projectIdOf = new Map(judged.map((row) => [row.judgedProjectId, row.projectId]))
  const problems = given.flatMap((award, index) => problemsOf(award, index, projectIdOf, tracks))
  if (problems.length > 0) return failed(...problems)
  return done(
    given.map(({ judgedProjectId, place, trackId, prizeId }) => ({
      projectId: projectIdOf.get(judgedProjectId) ?? '',
      place,
      trackId: trackId ?? null,
      prizeId: prizeId ?? null,
    })),
  )
}

function problemsOf(
  { judgedProjectId, place, trackId, prizeId }: JudgingAwardInput,
  index: number,
  projectIdOf: ReadonlyMap<string, string>,
  tracks: readonly HeardTrack[],
): Failure[] {
  const path = ['input', 'awards', String(index)]
  const problems: Failure[] = []
  if (!projectIdOf.has(judgedProjectId)) {
    const problem = contract.failure('NOT_FOUND', 'The round has no such result.', [
      ...path,
      'judgedProjectId',
    ])
    problems.push(problem)
  }
  if (place < 1 || place > 1_000) {
    problems.push(contract.failure('INVALID_VALUE', 'A place is 1 to 1000.', [...path, 'place']))
  }
  if (trackId != null && !tracks.some(({ id }) => id === trackId)) {
    problems.push(contract.failure('NOT_FOUND', 'The event has no such track.', [...path, 'trackId']))
  }
  if (prizeId != null && !isId('prz', prizeId)) {
    problems.push(contract.failure('NOT_FOUND', 'There is no such prize.', [...path, 'prizeId']))
  }
  return problems
}

export const alreadyAwarded = (): Failure =>
  contract.failure('DUPLICATE_AWARD', 'A project gets a prize, or a place in a track, once.', [
    'input',
    'awards',
  ])
