import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assignments, judgedProjects, results, scores, sheets } from '../tables.ts'
import {
  candidatesOf,
  did,
  domains,
  draftRound,
  everything,
  hourMs,
  openRound,
  said,
  score,
  stage,
  the,
} from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

const sheetsOf = (roundId: string) => world.rows(sheets, eq(sheets.roundId, roundId))

describe('submitScore', () => {
  it('writes one sheet, which grows, becomes final and is corrected until the round closes', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const [judge] = on.judges
    const { roundId, criterionId } = await openRound(on)
    const [candidate] = await candidatesOf(world, on, roundId)
    expect(
      await said(the(judge), 'submitScore', { judgedProjectId: the(candidate), scores: [], isFinal: false }),
    ).toBe('OK')
    expect((await world.rows(judgedProjects, eq(judgedProjects.roundId, roundId)))[0]).toMatchObject({
      reviewCount: 0,
    })
    expect(await score(judge, candidate, criterionId, 4, { expectedVersion: 1, comment: ' Fine. ' })).toBe(
      'OK',
    )
    expect(await score(judge, candidate, criterionId, 5, { expectedVersion: 1 })).toBe('VERSION_CONFLICT')
    expect(await score(judge, candidate, criterionId, 5, { expectedVersion: 0 })).toBe('VERSION_CONFLICT')
    expect(await score(judge, candidate, criterionId, 5, { isFinal: false })).toBe('SHEET_FINAL')
    expect(await score(judge, candidate, criterionId, 6, { comment: 'Better.' })).toBe('OK')
    const [sheet, ...rest] = await sheetsOf(roundId)
    expect(rest).toEqual([])
    expect(sheet).toMatchObject({ status: 'FINAL', version: 3, comment: 'Better.' })
    expect(await world.rows(scores, eq(scores.sheetId, the(sheet).id))).toMatchObject([{ value: 6 }])
    expect((await world.rows(judgedProjects, eq(judgedProjects.roundId, roundId)))[0]).toMatchObject({
      reviewCount: 1,
    })
  })

  it('is refused for every reason, and leaves nothing', async () => {
    const on = await stage(world, { judges: 2, projects: 2 })
    const [judge, other] = on.judges
    const { roundId, criterionId } = await draftRound(on, {
      closesAt: new Date(world.clock.now().getTime() + hourMs).toISOString(),
    })
    await did(
      on.manager,
      'assignJudges',
      { roundId, strategy: 'ALL_TO_ALL', judgeIds: [the(judge).userId] },
      'round { id }',
    )
    const [candidate] = await candidatesOf(world, on, roundId)
    expect(await score(judge, candidate, criterionId, 5)).toBe('NOT_FOUND')
    expect(await score(on.manager, candidate, criterionId, 5)).toBe('FORBIDDEN')
    await did(on.manager, 'openJudgingRound', { id: roundId }, 'round { id }')
    const before = await everything(world)
    expect(await score(judge, candidate, criterionId, 11)).toBe('SCORE_OUT_OF_RANGE')
    expect(await score(judge, candidate, criterionId, 2.5)).toBe('SCORE_OUT_OF_RANGE')
    expect(
      await said(the(judge), 'submitScore', { judgedProjectId: the(candidate), scores: [], isFinal: true }),
    ).toBe('SCORE_REQUIRED')
    expect(await score(other, candidate, criterionId, 5)).toBe('NOT_FOUND')
    expect(await score(world.person(), candidate, criterionId, 5)).toBe('NOT_FOUND')
    expect(await score(world.anonymous, candidate, criterionId, 5)).toBe('UNAUTHENTICATED')
    expect(await score(judge, 'nonsense', criterionId, 5)).toBe('NOT_FOUND')
    const now = world.clock.now()
    world.clock.advance(hourMs)
    expect(await score(judge, candidate, criterionId, 5)).toBe('ROUND_NOT_OPEN')
    expect(await said(the(judge), 'takeNextProject', { roundId })).toBe('ROUND_NOT_OPEN')
    world.clock.set(now)
    expect(await everything(world)).toEqual(before)
  })

  it('answers the same for the same key', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const { roundId, criterionId } = await openRound(on)
    const [candidate] = await candidatesOf(world, on, roundId)
    const replies = await Promise.all(
      Array.from({ length: 8 }, () =>
        score(on.judges[0], candidate, criterionId, 5, { idempotencyKey: 'once' }),
      ),
    )
    expect(replies).toEqual(Array(8).fill('OK'))
    expect(await sheetsOf(roundId)).toMatchObject([{ version: 1 }])
    expect(await score(on.judges[0], candidate, criterionId, 6, { idempotencyKey: 'once' })).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    )
  })

  it('makes one sheet of twelve that one judge sends at once', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const { roundId, criterionId } = await openRound(on)
    const [candidate] = await candidatesOf(world, on, roundId)
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, value) => score(on.judges[0], candidate, criterionId, value % 10)),
    )
    expect(replies).toEqual(Array(12).fill('OK'))
    const [sheet, ...rest] = await sheetsOf(roundId)
    expect([sheet?.version, rest]).toEqual([12, []])
    expect(await world.rows(scores, eq(scores.sheetId, the(sheet).id))).toHaveLength(1)
    expect((await world.rows(judgedProjects, eq(judgedProjects.roundId, roundId)))[0]).toMatchObject({
      reviewCount: 1,
    })
  })

  it('takes the sheets of thirty judges until the round closes, and not one after: results are the mean of those taken', async () => {
    const on = await stage(world, { judges: 30, projects: 1 })
    const { roundId, criterionId } = await openRound(on)
    const [candidate] = await candidatesOf(world, on, roundId)
    const scoring = on.judges.map((judge, index) => score(judge, candidate, criterionId, index % 11))
    const closing = said(on.manager, 'closeJudgingRound', { id: roundId })
    const replies = await Promise.all(scoring)
    expect(await closing).toBe('OK')
    expect(replies.every((reply) => reply === 'OK' || reply === 'ROUND_NOT_OPEN')).toBe(true)
    const taken = replies.flatMap((reply, index) => (reply === 'OK' ? [10 * (index % 11)] : []))
    expect(await sheetsOf(roundId)).toHaveLength(taken.length)
    const [result] = await world.rows(results, eq(results.roundId, roundId))
    expect(result).toMatchObject({ countedCount: taken.length, excludedCount: 0 })
    const mean = taken.reduce((sum, value) => sum + value, 0) / taken.length
    expect(result?.rawScore).toEqual(taken.length === 0 ? null : expect.closeTo(mean, 9))
    expect((await world.rows(judgedProjects, eq(judgedProjects.roundId, roundId)))[0]).toMatchObject({
      reviewCount: taken.length,
    })
    expect(await score(on.judges[0], candidate, criterionId, 5)).toBe('ROUND_NOT_OPEN')
  })

  it('is seen by its judge and managers alone until the results are published, then by the other judges', async () => {
    const on = await stage(world, { judges: 2, projects: 1 })
    const [judge, other] = on.judges
    const { roundId, criterionId } = await openRound(on, { isFeedbackShared: true })
    const [candidate] = await candidatesOf(world, on, roundId)
    await score(judge, candidate, criterionId, 7, { comment: 'Bold.' })
    const [sheet] = await sheetsOf(roundId)
    const owner = the(on.teams[0]).owner
    const seenBy = async (person = owner) =>
      (await person.entity<{ total: number }>('judging', 'ScoreSheet', the(sheet).id, 'total'))?.total ?? null
    const comments = async (person = owner) =>
      (
        await person.entity<{ sharedComments: string[] }>(
          'judging',
          'JudgedProject',
          the(candidate),
          'sharedComments',
        )
      )?.sharedComments ?? null
    expect(
      await Promise.all([judge, on.manager, other, owner, world.person()].map((person) => seenBy(person))),
    ).toEqual([70, 70, null, null, null])
    await did(on.manager, 'closeJudgingRound', { id: roundId }, 'round { id }')
    expect([await seenBy(other), await comments()]).toEqual([null, null])
    await did(on.manager, 'publishResults', { roundId }, 'round { id }')
    expect([await seenBy(other), await seenBy(owner), await comments()]).toEqual([70, null, ['Bold.']])
    expect([await comments(world.person()), await comments(the(other))]).toEqual([null, null])
  })

  it('goes with the assignment of its judge', async () => {
    const on = await stage(world, { judges: 1, projects: 2 })
    const { roundId, criterionId } = await openRound(on)
    const [first, second] = await candidatesOf(world, on, roundId)
    await score(on.judges[0], first, criterionId, 7)
    const rows = await world.rows(assignments, eq(assignments.roundId, roundId))
    const idOf = (candidate: string | undefined) =>
      the(rows.find((row) => row.judgedProjectId === candidate)).id
    expect(await said(on.manager, 'unassignJudge', { id: idOf(first) })).toBe('ALREADY_SCORED')
    expect(await said(on.manager, 'unassignJudge', { id: idOf(second) })).toBe('OK')
    expect(await said(on.manager, 'unassignJudge', { id: idOf(second) })).toBe('NOT_FOUND')
    expect(await score(on.judges[0], second, criterionId, 7)).toBe('NOT_FOUND')
  })
})
