import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assignments, conflicts, judgedProjects, results, sheets } from '../tables.ts'
import {
  candidatesOf,
  did,
  domains,
  everything,
  grant,
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

describe('conflicts of interest', () => {
  it('that are declared after scoring leave the sheet out of the results, marked, and keep it', async () => {
    const on = await stage(world, { judges: 2, projects: 2 })
    const [judge, other] = on.judges
    const { roundId, criterionId } = await openRound(on)
    const [first, second] = await candidatesOf(world, on, roundId)
    await score(judge, first, criterionId, 10)
    await score(other, first, criterionId, 2)
    expect(
      await said(the(judge), 'declareConflict', { judgedProjectId: the(first), reason: 'Cousins.' }),
    ).toBe('OK')
    expect(
      await said(the(judge), 'declareConflict', { judgedProjectId: the(second), reason: 'Cousins.' }),
    ).toBe('OK')
    expect(await score(judge, first, criterionId, 9)).toBe('CONFLICT_OF_INTEREST')
    const rows = await world.rows(sheets, eq(sheets.roundId, roundId))
    expect(rows.map(({ judgeId, exclusion }) => [judgeId, exclusion]).sort()).toEqual(
      [
        [the(judge).userId, 'CONFLICT'],
        [the(other).userId, null],
      ].sort(),
    )
    // What was scored stays assigned, what was not is free for others.
    const held = await world.rows(assignments, eq(assignments.judgeId, the(judge).userId))
    expect(held.map(({ judgedProjectId }) => judgedProjectId)).toEqual([first])
    const counts = await world.rows(judgedProjects, eq(judgedProjects.roundId, roundId))
    expect(counts.find(({ id }) => id === first)).toMatchObject({ judgeCount: 2, reviewCount: 1 })
    expect(counts.find(({ id }) => id === second)).toMatchObject({ judgeCount: 1, reviewCount: 0 })
    await did(on.manager, 'closeJudgingRound', { id: roundId }, 'round { id }')
    const [result] = (await world.rows(results, eq(results.roundId, roundId))).filter(
      (row) => row.judgedProjectId === first,
    )
    expect(result).toMatchObject({ rawScore: 20, countedCount: 1, excludedCount: 1 })
  })

  it('are there without a word for the own team', async () => {
    const on = await stage(world, { judges: 1, projects: 2 })
    const { owner } = the(on.teams[0])
    await grant(on.manager, on.eventId, owner.userId, 'JUDGE')
    await world.settle()
    const { roundId } = await openRound(on)
    const [own] = await candidatesOf(world, on, roundId)
    expect(await said(on.manager, 'assignJudge', { judgedProjectId: the(own), judgeId: owner.userId })).toBe(
      'CONFLICT_OF_INTEREST',
    )
    const held = await world.rows(assignments, eq(assignments.judgeId, owner.userId))
    expect(held).toHaveLength(1)
    expect(held[0]?.judgedProjectId).not.toBe(own)
    expect(await said(owner, 'takeNextProject', { roundId })).toBe('NOTHING_LEFT')
  })

  it('are declared once by ten who do it at once, and nothing deadlocks', async () => {
    const on = await stage(world, { judges: 3, projects: 1 })
    const { roundId, criterionId } = await openRound(on)
    await openRound(on, { name: 'Second' })
    const [candidate] = await candidatesOf(world, on, roundId)
    const judge = the(on.judges[0])
    const input = { judgedProjectId: the(candidate), judgeId: judge.userId, reason: 'Cousins.' }
    const [scored, ...replies] = await Promise.all([
      score(judge, candidate, criterionId, 5),
      ...Array.from({ length: 10 }, (_, n) => said(n % 2 ? judge : on.manager, 'declareConflict', input)),
      ...on.judges.slice(1).map((person) => score(person, candidate, criterionId, 5)),
    ])
    expect(replies.sort()).toEqual([...Array(9).fill('ALREADY_DECLARED'), 'OK', 'OK', 'OK'])
    expect(await world.rows(conflicts, eq(conflicts.judgeId, judge.userId))).toHaveLength(1)
    await did(on.manager, 'closeJudgingRound', { id: roundId }, 'round { id }')
    const [result] = await world.rows(results, eq(results.roundId, roundId))
    expect(result).toMatchObject({ countedCount: 2, excludedCount: scored === 'OK' ? 1 : 0 })
  })

  it('are not for others to declare, nor of others to see', async () => {
    const on = await stage(world, { judges: 2, projects: 1 })
    const [judge, other] = on.judges
    const { projectId } = the(on.teams[0])
    const declare = (person = the(judge), over: object = {}) =>
      said(person, 'declareConflict', { projectId, reason: 'Cousins.', ...over })
    const before = await everything(world)
    expect(await declare(the(judge), { judgeId: the(other).userId })).toBe('FORBIDDEN')
    expect(await declare(world.person())).toBe('FORBIDDEN')
    expect(await declare(world.anonymous)).toBe('UNAUTHENTICATED')
    expect(await declare(on.manager, { judgeId: world.person().userId })).toBe('NOT_A_JUDGE')
    expect(await declare(the(judge), { reason: ' ' })).toBe('REASON_REQUIRED')
    expect(await declare(the(judge), { projectId: null })).toBe('NOT_FOUND')
    expect(await everything(world)).toEqual(before)
    expect(await declare()).toBe('OK')
    const seenBy = async (person = the(judge)) => {
      const event = await person.entity<{ conflictsOfInterest: { nodes: { reason: string }[] } }>(
        'judging',
        'Event',
        on.eventId,
        'conflictsOfInterest { nodes { reason project { id } } }',
      )
      return event?.conflictsOfInterest.nodes
    }
    const shown = [{ reason: 'Cousins.', project: { id: projectId } }]
    expect(await seenBy()).toEqual(shown)
    expect(await seenBy(on.manager)).toEqual(shown)
    expect([await seenBy(the(other)), await seenBy(world.anonymous)]).toEqual([[], []])
  })
})
