import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { describe, expect, it } from 'vitest'
import { shuffled } from '../domain/seeded.ts'
import { allToAll, balanced, type ShareOut } from '../domain/share-out.ts'

describe('sharing out', () => {
  const names = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`)
  const wanted = (over: Partial<ShareOut> = {}): ShareOut => ({
    projectIds: names('p', 20),
    judgeIds: names('j', 7),
    mayJudge: () => true,
    assigned: [],
    reviewsPerProject: 3,
    loadMax: Number.POSITIVE_INFINITY,
    seed: 1,
    ...over,
  })
  const loads = (ids: readonly string[], pairings: readonly { judgeId: string }[]) =>
    ids.map((id) => pairings.filter(({ judgeId }) => judgeId === id).length)

  it('gives every project enough judges, and judges loads that differ by one at most', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { added, shortfalls } = balanced(wanted({ seed }))
      expect(shortfalls).toEqual([])
      expect(added).toHaveLength(60)
      expect(new Set(added.map(({ judgeId, projectId }) => `${judgeId} ${projectId}`)).size).toBe(60)
      expect(loads(names('j', 7), added).sort()).toEqual([8, 8, 8, 9, 9, 9, 9])
    }
  })

  it('keeps to conflicts, and evens out what they leave', () => {
    const random = seededRandom(3)
    for (let trial = 0; trial < 30; trial++) {
      const barred = new Set<string>()
      for (const project of names('p', 20)) {
        for (const judge of names('j', 7)) if (random() < 0.25) barred.add(`${judge} ${project}`)
      }
      const mayJudge = (judge: string, project: string) => !barred.has(`${judge} ${project}`)
      const { added, shortfalls } = balanced(wanted({ mayJudge, seed: trial, reviewsPerProject: 2 }))
      expect(added.every(({ judgeId, projectId }) => mayJudge(judgeId, projectId))).toBe(true)
      const missing = shortfalls.reduce((sum, { missingCount }) => sum + missingCount, 0)
      expect(added.length + missing).toBe(40)
      for (const { projectId, missingCount } of shortfalls) {
        expect(names('j', 7).filter((judge) => mayJudge(judge, projectId)).length).toBe(2 - missingCount)
      }
      const own = loads(names('j', 7), added)
      if (missing === 0) expect(Math.max(...own) - Math.min(...own)).toBeLessThanOrEqual(1)
    }
  })

  it('says which projects lack judges, and passes on what only one can take', () => {
    // p0 can be judged by j0 alone, everything else by both: j0 gives up what it can.
    const only = wanted({
      projectIds: ['p0', 'p1'],
      judgeIds: ['j0', 'j1'],
      mayJudge: (judge, project) => project !== 'p0' || judge === 'j0',
      reviewsPerProject: 1,
      loadMax: 1,
    })
    for (let seed = 0; seed < 10; seed++) {
      const { added, shortfalls } = balanced({ ...only, seed })
      expect(shortfalls).toEqual([])
      expect(added).toContainEqual({ judgeId: 'j0', projectId: 'p0' })
    }
    expect(balanced({ ...only, reviewsPerProject: 2, loadMax: 9 }).shortfalls).toEqual([
      { projectId: 'p0', missingCount: 1 },
    ])
  })

  it('is the same for the same seed, goes on where it stopped, and keeps to the most that a judge takes', () => {
    const first = balanced(wanted())
    expect(balanced(wanted())).toEqual(first)
    expect(balanced(wanted({ assigned: first.added }))).toEqual({ added: [], shortfalls: [] })
    const half = first.added.slice(0, 30)
    const rest = balanced(wanted({ assigned: half })).added
    expect(loads(names('j', 7), [...half, ...rest]).sort()).toEqual([8, 8, 8, 9, 9, 9, 9])
    const capped = balanced(wanted({ loadMax: 5 }))
    expect(loads(names('j', 7), capped.added)).toEqual(Array(7).fill(5))
    expect(capped.shortfalls.reduce((sum, { missingCount }) => sum + missingCount, 0)).toBe(25)
  })

  it('gives everything to everybody who may', () => {
    const { added, shortfalls } = allToAll(
      wanted({ mayJudge: (judge, project) => judge !== 'j0' || project !== 'p0' }),
    )
    expect(added).toHaveLength(20 * 7 - 1)
    expect(shortfalls).toEqual([])
  })
})

it('lots are the same for the same seed, and lose nothing', () => {
  const things = Array.from({ length: 50 }, (_, index) => index)
  expect(shuffled(things, 5)).toEqual(shuffled(things, 5))
  expect(shuffled(things, 5)).not.toEqual(shuffled(things, 6))
  expect(shuffled(things, 5).sort((a, b) => a - b)).toEqual(things)
})
