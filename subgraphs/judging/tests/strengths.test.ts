import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { describe, expect, it } from 'vitest'
import { strengthsOf } from '../domain/bradley-terry.ts'
import { shuffled } from '../domain/seeded.ts'

describe('strengths of pairs', () => {
  /** American League East 1987, each pair 13 games; wins of the row over the column. A. Agresti, Categorical Data Analysis. */
  const teams = ['Milwaukee', 'Detroit', 'Toronto', 'New York', 'Boston', 'Cleveland', 'Baltimore']
  const wins = [
    [0, 7, 9, 7, 7, 9, 11],
    [6, 0, 7, 5, 11, 9, 9],
    [4, 6, 0, 7, 7, 8, 12],
    [6, 8, 6, 0, 6, 7, 10],
    [6, 2, 6, 7, 0, 7, 12],
    [4, 4, 5, 6, 6, 0, 6],
    [2, 4, 1, 3, 1, 7, 0],
  ]
  const games = wins.flatMap((row, winner) =>
    row.flatMap((times, loser) =>
      Array.from({ length: times }, () => ({ winnerId: teams[winner] ?? '', loserId: teams[loser] ?? '' })),
    ),
  )

  it('are those that were published for baseball', () => {
    const strengths = strengthsOf(games, 0)
    const base = strengths.get('Baltimore') ?? 0
    const published = [1.581, 1.436, 1.294, 1.248, 1.108, 0.684, 0]
    expect(teams.map((team) => (strengths.get(team) ?? 0) - base)).toEqual(
      published.map((value) => expect.closeTo(value, 3)),
    )
  })

  it('stay finite for who always wins, and do not depend on the order of votes', () => {
    const votes = [
      { winnerId: 'a', loserId: 'b' },
      { winnerId: 'a', loserId: 'c' },
      { winnerId: 'b', loserId: 'c' },
    ]
    const strengths = strengthsOf(votes)
    expect([...strengths.values()].every(Number.isFinite)).toBe(true)
    expect(strengthsOf([...votes].reverse())).toEqual(strengths)
    expect(strengthsOf([])).toEqual(new Map())
  })

  it('recover an order that was planted, from noisy judges', () => {
    const random = seededRandom(7)
    const planted = Array.from({ length: 12 }, (_, index) => ({
      id: `p${String(index).padStart(2, '0')}`,
      strength: -index * 0.8,
    }))
    const votes = Array.from({ length: 3_000 }, () => {
      const [a, b] = shuffled(planted, Math.floor(random() * 1e9))
      if (!a || !b) throw new Error('two of twelve')
      const aWins = random() < 1 / (1 + Math.exp(b.strength - a.strength))
      return aWins ? { winnerId: a.id, loserId: b.id } : { winnerId: b.id, loserId: a.id }
    })
    const found = [...strengthsOf(votes)].sort(([, a], [, b]) => b - a).map(([id]) => id)
    expect(found).toEqual(planted.map(({ id }) => id))
  })
})
