import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { judgedProjects, results, votes } from '../tables.ts'
import { candidatesOf, did, domains, everything, openRound, said, stage, the } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

interface Pair {
  previous: { id: string } | null
  next: { id: string } | null
}

const pairSelection = 'pair { previous { id } next { id } }'

const take = async (judge: Person, roundId: string): Promise<Pair> =>
  (await did<{ pair: Pair }>(judge, 'takeNextPair', { roundId }, pairSelection)).pair

/** The vote on a pair; without a winner it is skipped. */
const voteOn = (roundId: string, { previous, next }: Pair, winnerId?: string) => ({
  roundId,
  previousId: the(previous).id,
  nextId: the(next).id,
  ...(winnerId === undefined ? {} : { winnerId }),
})

const votesOf = (roundId: string) => world.rows(votes, eq(votes.roundId, roundId))

describe('pairs', () => {
  it('lead one judge through everything, and what always wins comes out above what always loses', async () => {
    const on = await stage(world, { judges: 4, projects: 5 })
    const { roundId } = await openRound(on, { mode: 'PAIRWISE' })
    const candidates = await candidatesOf(world, on, roundId)
    for (const judge of on.judges) {
      let pair = await take(judge, roundId)
      expect(await take(judge, roundId)).toEqual(pair)
      for (let seen = 2; seen <= 5; seen++) {
        const better = [the(pair.previous).id, the(pair.next).id].sort(
          (a, b) => candidates.indexOf(a) - candidates.indexOf(b),
        )[0]
        const { pair: next } = await did<{ pair: Pair }>(
          judge,
          'castPairwiseVote',
          voteOn(roundId, pair, better),
          pairSelection,
        )
        expect(next.previous).toEqual(pair.next)
        pair = next
      }
      expect(pair.next).toBeNull()
      expect(await said(judge, 'takeNextPair', { roundId })).toBe('NOTHING_LEFT')
    }
    expect(await votesOf(roundId)).toHaveLength(16)
    await did(on.manager, 'closeJudgingRound', { id: roundId }, 'round { id }')
    const rows = await world.rows(results, eq(results.roundId, roundId))
    // Who meets whom is drawn anew each time, so only what holds for every draw can be said of the order.
    const of = (candidate: string | undefined) =>
      the(rows.find(({ judgedProjectId }) => judgedProjectId === candidate))
    const [best, worst] = [of(candidates[0]), of(candidates[4])]
    expect(best.normalizedScore).toBeGreaterThan(0)
    expect(worst.normalizedScore).toBeLessThan(0)
    expect(best.rank).toBeLessThan(worst.rank)
    expect(rows.reduce((sum, { countedCount }) => sum + countedCount, 0)).toBe(32)
    expect(rows.reduce((sum, { normalizedScore }) => sum + (normalizedScore ?? 0), 0)).toBeCloseTo(0, 6)
  })

  it('count one of ten equal votes that are sent at once', async () => {
    const on = await stage(world, { judges: 1, projects: 4 })
    const { roundId } = await openRound(on, { mode: 'PAIRWISE' })
    const judge = the(on.judges[0])
    const pairs = await Promise.all(Array.from({ length: 6 }, () => take(judge, roundId)))
    const [pair] = pairs
    expect(pairs).toEqual(Array(6).fill(pair))
    const input = voteOn(roundId, the(pair), the(the(pair).next).id)
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => said(judge, 'castPairwiseVote', input)),
    )
    expect(replies.sort()).toEqual(['OK', ...Array(9).fill('PAIR_MISMATCH')])
    expect(await votesOf(roundId)).toHaveLength(1)
    const counts = (await world.rows(judgedProjects, eq(judgedProjects.roundId, roundId))).map(
      (row) => row.reviewCount,
    )
    expect(counts.sort()).toEqual([0, 0, 1, 1])
  })

  it('send judges who ask at once to different projects', async () => {
    const on = await stage(world, { judges: 4, projects: 8 })
    const { roundId } = await openRound(on, { mode: 'PAIRWISE' })
    const pairs = await Promise.all(on.judges.map((judge) => take(judge, roundId)))
    expect(new Set(pairs.map(({ next }) => the(next).id)).size).toBe(4)
  })

  it('are skipped without a vote: the first stays, the second does not come again', async () => {
    const on = await stage(world, { judges: 1, projects: 3 })
    const { roundId } = await openRound(on, { mode: 'PAIRWISE' })
    const judge = the(on.judges[0])
    const pair = await take(judge, roundId)
    const skipped = await did<{ vote: null; pair: Pair }>(
      judge,
      'castPairwiseVote',
      voteOn(roundId, pair),
      `vote { id } ${pairSelection}`,
    )
    expect(skipped.vote).toBeNull()
    expect(skipped.pair.previous).toEqual(pair.previous)
    expect(the(skipped.pair.next)).not.toEqual(pair.next)
    expect(await votesOf(roundId)).toEqual([])
  })

  it('are refused when they are not those that were given, and after the close', async () => {
    const on = await stage(world, { judges: 2, projects: 3 })
    const [judge, other] = on.judges
    const { roundId } = await openRound(on, { mode: 'PAIRWISE' })
    const pair = await take(the(judge), roundId)
    const before = await everything(world)
    const vote = voteOn(roundId, pair, the(pair.next).id)
    expect(await said(the(other), 'castPairwiseVote', vote)).toBe('PAIR_MISMATCH')
    expect(
      await said(the(judge), 'castPairwiseVote', {
        ...vote,
        previousId: vote.nextId,
        nextId: vote.previousId,
      }),
    ).toBe('PAIR_MISMATCH')
    expect(await said(the(judge), 'castPairwiseVote', { ...vote, winnerId: roundId })).toBe('INVALID_VALUE')
    expect(await said(the(judge), 'takeNextProject', { roundId })).toBe('WRONG_MODE')
    expect(await said(on.manager, 'castPairwiseVote', vote)).toBe('FORBIDDEN')
    expect(await everything(world)).toEqual(before)
    await did(on.manager, 'closeJudgingRound', { id: roundId }, 'round { id }')
    expect(await said(the(judge), 'castPairwiseVote', vote)).toBe('ROUND_NOT_OPEN')
    expect(await said(the(judge), 'takeNextPair', { roundId })).toBe('ROUND_NOT_OPEN')
  })

  it('leave out what a conflict is declared for, and give something else instead', async () => {
    const on = await stage(world, { judges: 1, projects: 3 })
    const judge = the(on.judges[0])
    const { roundId } = await openRound(on, { mode: 'PAIRWISE' })
    const first = await take(judge, roundId)
    await did(judge, 'castPairwiseVote', voteOn(roundId, first, the(first.previous).id), pairSelection)
    const barred = the(first.previous).id
    expect(await said(judge, 'declareConflict', { judgedProjectId: barred, reason: 'A friend.' })).toBe('OK')
    expect(await votesOf(roundId)).toMatchObject([{ exclusion: 'CONFLICT' }])
    const pair = await take(judge, roundId)
    expect([pair.previous?.id, pair.next?.id]).not.toContain(barred)
    expect(
      (await world.rows(judgedProjects, eq(judgedProjects.roundId, roundId))).map((row) => row.reviewCount),
    ).toEqual([0, 0, 0])
  })
})
