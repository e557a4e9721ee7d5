import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resultsPublished } from '../contract.ts'
import { awards, judgedProjects, results, rounds, roundTransitions } from '../tables.ts'
import {
  candidatesOf,
  did,
  domains,
  draftRound,
  everything,
  hourMs,
  move,
  ofRound,
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

const close = (on: { manager: Parameters<typeof said>[0] }, id: string) =>
  said(on.manager, 'closeJudgingRound', { id })
const frozen = async (roundId: string) =>
  (await world.rows(results, eq(results.roundId, roundId))).sort((a, b) => a.rank - b.rank)

describe('results', () => {
  it('stay as they were frozen, whatever happens until they are published', async () => {
    const on = await stage(world, { judges: 1, projects: 2 })
    const { roundId, criterionId } = await openRound(on)
    const [first, second] = await candidatesOf(world, on, roundId)
    await score(on.judges[0], first, criterionId, 9)
    await score(on.judges[0], second, criterionId, 3)
    expect(await close(on, roundId)).toBe('OK')
    const before = await frozen(roundId)
    expect(
      await said(the(on.judges[0]), 'declareConflict', { judgedProjectId: the(first), reason: 'Late.' }),
    ).toBe('OK')
    await did(
      on.manager,
      'disqualifyProject',
      { id: the(on.teams[0]).projectId, reason: 'Copied.' },
      'project { id }',
    )
    await world.settle()
    expect(await said(on.manager, 'publishResults', { roundId, awards: [] })).toBe('OK')
    expect(await frozen(roundId)).toEqual(before)
    expect(await world.rows(awards, eq(awards.roundId, roundId))).toEqual([])
  })

  it('are worked out anew when a round was opened again, which needs a reason and time', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const now = world.clock.now()
    const closesAt = new Date(now.getTime() + hourMs).toISOString()
    const { roundId, criterionId } = await openRound(on, { closesAt })
    const [candidate] = await candidatesOf(world, on, roundId)
    await score(on.judges[0], candidate, criterionId, 9)
    expect(await close(on, roundId)).toBe('OK')
    expect(await close(on, roundId)).toBe('INVALID_STATE_TRANSITION')
    const reopen = (over: object) => said(on.manager, 'reopenJudgingRound', { id: roundId, ...over })
    expect(await reopen({ reason: ' ' })).toBe('REASON_REQUIRED')
    world.clock.advance(2 * hourMs)
    expect(await reopen({ reason: 'A sheet was lost.' })).toBe('INVALID_TIME_RANGE')
    expect(await reopen({ reason: 'A sheet was lost.', closesAt: null })).toBe('OK')
    expect(await frozen(roundId)).toEqual([])
    expect(await score(on.judges[0], candidate, criterionId, 1)).toBe('OK')
    expect(await close(on, roundId)).toBe('OK')
    expect(await frozen(roundId)).toMatchObject([{ rawScore: 10 }])
    expect(await said(on.manager, 'publishResults', { roundId })).toBe('OK')
    expect(await reopen({ reason: 'Too late.' })).toBe('INVALID_STATE_TRANSITION')
    world.clock.set(now)
    const steps = await world.rows(roundTransitions, eq(roundTransitions.roundId, roundId))
    expect(steps.map(({ to, reason }) => [to, reason])).toEqual([
      ['OPEN', null],
      ['CLOSED', null],
      ['OPEN', 'A sheet was lost.'],
      ['CLOSED', null],
      ['PUBLISHED', null],
    ])
  })

  it('are published once by ten managers at once', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const { roundId, criterionId } = await openRound(on)
    const [candidate] = await candidatesOf(world, on, roundId)
    await score(on.judges[0], candidate, criterionId, 9)
    const closed = await Promise.all(Array.from({ length: 6 }, () => close(on, roundId)))
    expect(closed.sort()).toEqual([...Array(5).fill('INVALID_STATE_TRANSITION'), 'OK'])
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => said(on.manager, 'publishResults', { roundId })),
    )
    expect(replies.sort()).toEqual([...Array(9).fill('INVALID_STATE_TRANSITION'), 'OK'])
    expect(await world.rows(awards, eq(awards.roundId, roundId))).toHaveLength(1)
    expect((await world.published(resultsPublished)).filter(ofRound(roundId))).toHaveLength(1)
  })

  it('make finalists the candidates of the next round', async () => {
    const on = await stage(world, { judges: 1, projects: 4 })
    const { roundId, criterionId } = await openRound(on, { advancesCount: 2 })
    const final = await draftRound(on, { name: 'Final', previousRoundId: roundId })
    const open = () => said(on.manager, 'openJudgingRound', { id: final.roundId })
    expect(await open()).toBe('TOO_FEW_PROJECTS')
    const candidates = await candidatesOf(world, on, roundId)
    for (const [index, candidate] of candidates.entries())
      await score(on.judges[0], candidate, criterionId, index)
    expect(await close(on, roundId)).toBe('OK')
    expect(await open()).toBe('OK')
    const rows = await world.rows(judgedProjects, eq(judgedProjects.roundId, final.roundId))
    expect(rows.map(({ projectId }) => projectId).sort()).toEqual(
      on.teams
        .slice(2)
        .map(({ projectId }) => projectId)
        .sort(),
    )
  })

  it('are refused awards for what was not judged, or twice', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const { roundId, criterionId } = await openRound(on)
    const [candidate] = await candidatesOf(world, on, roundId)
    await score(on.judges[0], candidate, criterionId, 9)
    const award = { judgedProjectId: the(candidate), place: 1 }
    const publish = (...given: object[]) => said(on.manager, 'publishResults', { roundId, awards: given })
    expect(await publish(award)).toBe('INVALID_STATE_TRANSITION')
    await close(on, roundId)
    const before = await everything(world)
    expect(await publish({ ...award, judgedProjectId: roundId })).toBe('NOT_FOUND')
    expect(await publish({ ...award, place: 0 })).toBe('INVALID_VALUE')
    expect(await publish({ ...award, trackId: roundId })).toBe('NOT_FOUND')
    expect(await publish({ ...award, prizeId: roundId })).toBe('NOT_FOUND')
    expect(await publish(award, award)).toBe('DUPLICATE_AWARD')
    expect(await said(the(on.judges[0]), 'publishResults', { roundId })).toBe('FORBIDDEN')
    expect(await everything(world)).toEqual(before)
  })

  it('leave out what was withdrawn while the round was open', async () => {
    const on = await stage(world, { judges: 1, projects: 2 })
    const { roundId, criterionId } = await openRound(on)
    const [first, second] = await candidatesOf(world, on, roundId)
    await score(on.judges[0], first, criterionId, 9)
    await score(on.judges[0], second, criterionId, 3)
    await did(
      on.manager,
      'disqualifyProject',
      { id: the(on.teams[0]).projectId, reason: 'Copied.' },
      'project { id }',
    )
    await world.settle()
    await close(on, roundId)
    expect(await frozen(roundId)).toMatchObject([{ judgedProjectId: second, place: 1 }])
  })
})

describe('a round', () => {
  it('opens only while the event is judged, with criteria and something to judge, in its time', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const { round } = await did<{ round: { id: string } }>(
      on.manager,
      'createJudgingRound',
      { eventId: on.eventId, name: 'Empty', mode: 'RUBRIC' },
      'round { id }',
    )
    const open = (id: string) => said(on.manager, 'openJudgingRound', { id })
    expect(await open(round.id)).toBe('NO_CRITERIA')
    const pairs = await draftRound(on, { mode: 'PAIRWISE' })
    expect(await open(pairs.roundId)).toBe('TOO_FEW_PROJECTS')
    const late = await draftRound(on, { closesAt: new Date(world.clock.now().getTime() - 1).toISOString() })
    expect(await open(late.roundId)).toBe('INVALID_TIME_RANGE')
    const { roundId } = await draftRound(on)
    await move(on.manager, on.eventId, 'IN_PROGRESS')
    await world.settle()
    expect(await open(roundId)).toBe('EVENT_NOT_JUDGING')
    // Heard from events itself, before the news arrives.
    await move(on.manager, on.eventId, 'JUDGING')
    expect(await open(roundId)).toBe('OK')
    expect(
      (await Promise.all(Array.from({ length: 5 }, () => open(roundId)))).every(
        (reply) => reply === 'INVALID_STATE_TRANSITION',
      ),
    ).toBe(true)
    const event = await world.service.entity('judging', 'Event', on.eventId, 'openRoundCount')
    expect(event).toEqual({ openRoundCount: 1 })
  })

  it('is changed and deleted only as a draft', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const { roundId, criterionId } = await draftRound(on)
    const update = (over: object) => said(on.manager, 'updateJudgingRound', { id: roundId, ...over })
    expect(await update({ name: 'Semifinal', advancesCount: 3, expectedVersion: 1 })).toBe('OK')
    expect(await update({ name: 'Final', expectedVersion: 1 })).toBe('VERSION_CONFLICT')
    expect(await update({ name: ' ' })).toBe('TOO_SHORT')
    expect(await update({ advancesCount: null })).toBe('OK')
    expect((await world.rows(rounds, eq(rounds.id, roundId)))[0]).toMatchObject({
      name: 'Semifinal',
      advancesCount: null,
      version: 3,
    })
    const criterion = (over: object) =>
      said(on.manager, 'updateJudgingCriterion', { id: criterionId, ...over })
    expect(await criterion({ maxScore: 5, weight: 2 })).toBe('OK')
    expect(await criterion({ maxScore: 0 })).toBe('INVALID_VALUE')
    expect(await said(on.manager, 'openJudgingRound', { id: roundId })).toBe('OK')
    expect(await update({ name: 'Final' })).toBe('ROUND_NOT_EDITABLE')
    expect(await criterion({ weight: 3 })).toBe('ROUND_NOT_EDITABLE')
    expect(await said(on.manager, 'removeJudgingCriterion', { id: criterionId })).toBe('ROUND_NOT_EDITABLE')
    expect(await said(on.manager, 'addJudgingCriterion', { roundId, name: 'X' })).toBe('ROUND_NOT_EDITABLE')
    expect(await said(on.manager, 'deleteJudgingRound', { id: roundId })).toBe('ROUND_NOT_EDITABLE')
    const other = await draftRound(on)
    expect(await said(on.manager, 'removeJudgingCriterion', { id: other.criterionId })).toBe('OK')
    expect(await said(on.manager, 'deleteJudgingRound', { id: other.roundId })).toBe('OK')
    expect(await world.rows(rounds, eq(rounds.id, other.roundId))).toEqual([])
  })
})
