import { newId } from '@guildhall/kit/ids'
import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { describe, expect, it } from 'vitest'
import { nextStatuses } from '../domain/announcement-life.ts'
import { attemptsAfter, nextPageAt, pageSizeOf, retryAt } from '../domain/announcement-pace.ts'
import { mergeSlices, type Slice } from '../domain/segment.ts'
import { times } from './support.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

describe('reading an audience page by page', () => {
  it(`finds each person of a union without those of another once, in order, SEED=${seed}`, () => {
    const random = seededRandom(seed)
    const below = (max: number) => Math.floor(random() * max)
    for (const round of times(300, (no) => no)) {
      const everybody = times(below(60), () => newId('usr')).sort()
      const group = () => everybody.filter(() => random() < 0.4)
      const [include, exclude] = [times(1 + below(3), group), times(below(3), group)]
      const size = 1 + below(8)
      const slice = (ids: string[], after: string | null): Slice => {
        const page = ids.filter((id) => after === null || id > after).slice(0, size)
        return { ids: page, isFull: page.length === size }
      }
      const read: string[] = []
      let after: string | null = null
      let pages = 0
      do {
        const page = mergeSlices(
          include.map((ids) => slice(ids, after)),
          exclude.map((ids) => slice(ids, after)),
        )
        read.push(...page.userIds)
        after = page.upTo
        pages += 1
      } while (after !== null && pages < 1_000)
      const unwanted = new Set(exclude.flat())
      const wanted = [...new Set(include.flat())].filter((id) => !unwanted.has(id)).sort()
      expect(read, `round ${round}, pages of ${size}`).toEqual(wanted)
    }
  })
})

describe('the pace of an announcement', () => {
  const now = new Date('2026-05-01T10:00:00.000Z')
  const later = (ms: number) => new Date(now.getTime() + ms)

  it.each([
    [null, 0, 500],
    [60, 0, 10],
    [1, 0, 1],
    [6_000, 0, 500],
    [null, 3, 100],
    [60, 3, 10],
  ])('with %s a minute and %i broken attempts a page has %i recipients', (ratePerMinute, attempts, size) => {
    expect(pageSizeOf({ ratePerMinute, attempts })).toBe(size)
  })

  it.each([
    ['without a rate at once', null, null, 0],
    ['ten of sixty a minute take ten seconds', 60, 0, 10_000],
    ['a look that came late by half a second is made good', 60, -500, 9_500],
    ['but not one that came late by an hour', 60, -3_600_000, 9_000],
  ])('the next page is due: %s', (_, ratePerMinute, dueMs, expectedMs) => {
    const nextStepAt = dueMs === null ? null : later(dueMs)
    expect(nextPageAt({ ratePerMinute, nextStepAt }, 10, now)).toEqual(later(expectedMs))
  })

  it('tries again ever later, and takes a page apart that broke three times', () => {
    expect([1, 2, 3, 6, 50].map((attempts) => retryAt(attempts, now).getTime() - now.getTime())).toEqual([
      2_000, 4_000, 8_000, 60_000, 60_000,
    ])
    expect([0, 2, 3, 6, 7].map((attempts) => attemptsAfter(attempts, false))).toEqual([0, 0, 4, 7, 0])
    expect(attemptsAfter(4, true)).toBe(0)
  })
})

describe('the life of an announcement', () => {
  const fixed = new Date(0)
  it.each([
    ['DRAFT', null, 0, ['SCHEDULED', 'PREPARING', 'CANCELLED']],
    ['SCHEDULED', null, 0, ['SCHEDULED', 'PREPARING', 'CANCELLED']],
    ['PREPARING', null, 0, ['PAUSED', 'CANCELLED']],
    ['SENDING', fixed, 0, ['PAUSED', 'CANCELLED']],
    ['PAUSED', null, 0, ['PREPARING', 'CANCELLED']],
    ['PAUSED', fixed, 0, ['SENDING', 'CANCELLED']],
    ['SENT', fixed, 0, []],
    ['SENT', fixed, 2, ['SENDING']],
    ['FAILED', null, 0, ['PREPARING', 'CANCELLED']],
    ['FAILED', fixed, 3, ['SENDING', 'CANCELLED']],
    ['CANCELLED', null, 0, []],
  ] as const)('%s, recipients fixed at %s, %i failed: %j', (status, preparedAt, failedCount, open) => {
    expect(nextStatuses({ status, preparedAt, failedCount })).toEqual(open)
  })
})
