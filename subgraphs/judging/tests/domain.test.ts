import { describe, expect, it } from 'vitest'
import { criterionProblems, isOnGrid } from '../domain/criterion-draft.ts'
import { standardScores } from '../domain/normalize.ts'
import { resultsOf, type Tally } from '../domain/results.ts'
import { takesScores } from '../domain/round-life.ts'
import { rubricTallies } from '../domain/rubric-tallies.ts'
import { sheetProblems, totalOf } from '../domain/sheet.ts'
import type { JudgingCriterionRow } from '../tables.ts'

const criterion = (id: string, over: Partial<JudgingCriterionRow> = {}): JudgingCriterionRow => ({
  id,
  roundId: 'r',
  name: id,
  description: null,
  weight: 1,
  minScore: 0,
  maxScore: 10,
  step: 1,
  isRequired: true,
  isIndependent: false,
  createdAt: new Date(0),
  ...over,
})

describe('a sheet', () => {
  const rubric = [
    criterion('a', { weight: 3 }),
    criterion('b', { minScore: 1, maxScore: 5, step: 0.5 }),
    criterion('c', { isIndependent: true, isRequired: false, weight: 100 }),
  ]

  it('comes to the weighted mean of the shares of each scale; independent criteria are left out', () => {
    const scores = [
      { criterionId: 'a', value: 10 },
      { criterionId: 'b', value: 3 },
      { criterionId: 'c', value: 0 },
    ]
    expect(totalOf(rubric, scores)).toBe((100 * (3 * 1 + 1 * 0.5)) / 4)
    expect(totalOf(rubric, [...scores].reverse())).toBe(totalOf(rubric, scores))
    expect(totalOf(rubric, [{ criterionId: 'c', value: 9 }])).toBeNull()
  })

  it('is refused for everything that is wrong with it, at once', () => {
    const codes = (scores: { criterionId: string; value: number }[], isFinal = true) =>
      sheetProblems(rubric, { scores, comment: null, isFinal }).map(({ code }) => code)
    expect(
      codes([
        { criterionId: 'a', value: 11 },
        { criterionId: 'b', value: 1.25 },
      ]),
    ).toEqual(['SCORE_OUT_OF_RANGE', 'SCORE_OUT_OF_RANGE'])
    expect(
      codes([
        { criterionId: 'a', value: 1 },
        { criterionId: 'a', value: 2 },
      ]),
    ).toEqual(['DUPLICATE_SCORE', 'SCORE_REQUIRED'])
    expect(codes([{ criterionId: 'x', value: 1 }], false)).toEqual(['NOT_FOUND'])
    expect(codes([{ criterionId: 'a', value: -1 }], false)).toEqual(['SCORE_OUT_OF_RANGE'])
    expect(codes([], false)).toEqual([])
    expect(
      codes([
        { criterionId: 'a', value: 0 },
        { criterionId: 'b', value: 4.5 },
      ]),
    ).toEqual([])
  })

  it('knows tenths, which are not exact', () => {
    expect(isOnGrid(0.3, { minScore: 0, step: 0.1 })).toBe(true)
    expect(isOnGrid(0.35, { minScore: 0, step: 0.1 })).toBe(false)
  })
})

it('a criterion has a scale that its steps fill', () => {
  const fields = (over: Partial<JudgingCriterionRow>) =>
    criterionProblems(criterion('a', over)).map(({ path }) => path.at(-1))
  expect(fields({})).toEqual([])
  expect(fields({ maxScore: 0 })).toEqual(['maxScore'])
  expect(fields({ step: 3 })).toEqual(['step'])
  expect(fields({ step: 0.001 })).toEqual(['step'])
  expect(fields({ weight: 0, name: '' })).toEqual(['name', 'weight'])
})

it('the clock opens and closes a round by itself', () => {
  const round = { status: 'OPEN', opensAt: new Date(10), closesAt: new Date(20) } as const
  expect([9, 10, 19, 20].map((ms) => takesScores(round, new Date(ms)))).toEqual([false, true, true, false])
  expect(takesScores({ ...round, status: 'CLOSED' }, new Date(15))).toBe(false)
  expect(takesScores({ status: 'OPEN', opensAt: null, closesAt: null }, new Date(0))).toBe(true)
})

describe('normalized totals', () => {
  it('let severe and generous judges count alike', () => {
    const given = [
      ...[10, 20, 30].map((total) => ({ judgeId: 'severe', total })),
      ...[70, 80, 90].map((total) => ({ judgeId: 'generous', total })),
    ]
    const z = Math.sqrt(3 / 2)
    const [a, b, c, ...rest] = standardScores(given)
    expect([a, b, c]).toEqual([expect.closeTo(-z, 12), 0, expect.closeTo(z, 12)])
    expect(rest).toEqual([a, b, c])
  })

  it('say nothing of a judge who gives the same to all, and lean on all for one with a single sheet', () => {
    const given = [
      { judgeId: 'flat', total: 50 },
      { judgeId: 'flat', total: 50 },
      { judgeId: 'single', total: 90 },
      { judgeId: 'other', total: 10 },
      { judgeId: 'other', total: 50 },
    ]
    // All five: mean 50, deviation √(3200 / 5).
    expect(standardScores(given)).toEqual([0, 0, expect.closeTo(40 / Math.sqrt(640), 12), -1, 1])
  })
})

describe('places', () => {
  const tally = (over: Partial<Tally>): Tally => ({
    rawScore: 50,
    normalizedScore: 0,
    topCriterion: 0,
    firstPlaceCount: 0,
    countedCount: 2,
    excludedCount: 0,
    ...over,
  })
  const rules = { rankedBy: 'NORMALIZED', tieRule: 'BREAK', advancesCount: null } as const
  const candidates = (...ids: string[]) => ids.map((id) => ({ id, trackIds: [] }))
  const shown = (tallies: Record<string, Tally>, over: object = {}) =>
    resultsOf(candidates(...Object.keys(tallies)), new Map(Object.entries(tallies)), {
      ...rules,
      ...over,
    }).map((row) => `${row.place} ${row.judgedProjectId} ${row.tieBreak}`)

  it('are told apart by one total after the other, down to who came first', () => {
    expect(
      shown({
        a: tally({ normalizedScore: 1 }),
        b: tally({ rawScore: 60 }),
        c: tally({ topCriterion: 0.5 }),
        d: tally({ firstPlaceCount: 1 }),
        e: tally({}),
        f: tally({}),
        g: tally({ normalizedScore: -1 }),
      }),
    ).toEqual([
      '1 a NONE',
      '2 b RAW_TOTAL',
      '3 c TOP_CRITERION',
      '4 d FIRST_PLACES',
      '5 e TIED',
      '5 f TIED',
      '7 g NONE',
    ])
  })

  it('are shared when the round says so, and by the other total when it says so', () => {
    const tallies = { a: tally({ rawScore: 40 }), b: tally({ rawScore: 60 }) }
    expect(shown(tallies, { tieRule: 'SHARE' })).toEqual(['1 a TIED', '1 b TIED'])
    expect(shown(tallies, { rankedBy: 'RAW' })).toEqual(['1 b NONE', '2 a NONE'])
  })

  it('are not given to what nobody judged, and whoever shares the last place of finalists is one', () => {
    const rows = resultsOf(
      candidates('a', 'b', 'c', 'd'),
      new Map([
        ['a', tally({ normalizedScore: 1 })],
        ['b', tally({})],
        ['c', tally({})],
        ['d', tally({ rawScore: null, normalizedScore: null })],
      ]),
      { ...rules, advancesCount: 2 },
    )
    expect(rows.map(({ place, rank, isFinalist }) => [place, rank, isFinalist])).toEqual([
      [1, 1, true],
      [2, 2, true],
      [2, 3, true],
      [null, 4, false],
    ])
  })

  it('count anew within each track', () => {
    const tallies = new Map([
      ['a', tally({ normalizedScore: 2 })],
      ['b', tally({ normalizedScore: 1 })],
      ['c', tally({})],
    ])
    const rows = resultsOf(
      [
        { id: 'a', trackIds: ['x'] },
        { id: 'b', trackIds: ['y'] },
        { id: 'c', trackIds: ['x', 'y'] },
      ],
      tallies,
      rules,
    )
    expect(
      rows
        .filter(({ trackId }) => trackId !== null)
        .map((row) => `${row.trackId} ${row.place} ${row.judgedProjectId}`),
    ).toEqual(['x 1 a', 'x 2 c', 'y 1 b', 'y 2 c'])
  })
})

describe('what sheets come to', () => {
  const rubric = [criterion('a')]
  const sheet = (
    id: string,
    judgedProjectId: string,
    judgeId: string,
    value: number,
    isExcluded = false,
  ) => ({
    id,
    judgedProjectId,
    judgeId,
    isExcluded,
    scores: [{ criterionId: 'a', value }],
  })

  it('is counted without those that are excluded, in whatever order they come', () => {
    const sheets = [
      sheet('1', 'p', 'x', 8),
      sheet('2', 'q', 'x', 2),
      sheet('3', 'p', 'y', 4),
      sheet('4', 'q', 'y', 10, true),
    ]
    const tallies = rubricTallies(rubric, sheets)
    expect(rubricTallies(rubric, [...sheets].reverse())).toEqual(tallies)
    // y has one sheet that counts: the moments of all three stand in, mean 140/3.
    const deviation = Math.sqrt(((80 - 140 / 3) ** 2 + (20 - 140 / 3) ** 2 + (40 - 140 / 3) ** 2) / 3)
    expect(tallies.get('p')).toEqual({
      rawScore: 60,
      normalizedScore: expect.closeTo((1 + (40 - 140 / 3) / deviation) / 2, 12),
      topCriterion: expect.closeTo(0.6, 12),
      firstPlaceCount: 1,
      countedCount: 2,
      excludedCount: 0,
    })
    expect(tallies.get('q')).toMatchObject({
      rawScore: 20,
      normalizedScore: -1,
      countedCount: 1,
      excludedCount: 1,
    })
  })
})
