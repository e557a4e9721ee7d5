import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { judgeAssigned } from '../contract.ts'
import { assignments, judgedProjects, rounds } from '../tables.ts'
import {
  candidatesOf,
  did,
  domains,
  draftRound,
  everything,
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

const assignmentsOf = (roundId: string) => world.rows(assignments, eq(assignments.roundId, roundId))
const judgedOf = (roundId: string) => world.rows(judgedProjects, eq(judgedProjects.roundId, roundId))

interface Shared {
  assignedCount: number
  shortfallCount: number
  shortfalls: { missingCount: number; judgedProject: { id: string } }[]
}

const shareOut = 'assignedCount shortfallCount shortfalls { missingCount judgedProject { id } }'

describe('assignJudges', () => {
  it('shares projects out evenly and tells each judge how many there are', async () => {
    const on = await stage(world, { judges: 4, projects: 6 })
    const { roundId } = await draftRound(on)
    const shared = await did<Shared>(on.manager, 'assignJudges', { roundId, strategy: 'BALANCED' }, shareOut)
    expect(shared).toEqual({ assignedCount: 12, shortfallCount: 0, shortfalls: [] })
    const rows = await assignmentsOf(roundId)
    expect([...Map.groupBy(rows, (row) => row.judgeId).values()].map((theirs) => theirs.length)).toEqual([
      3, 3, 3, 3,
    ])
    expect((await judgedOf(roundId)).map(({ judgeCount }) => judgeCount)).toEqual(Array(6).fill(2))
    const told = (await world.published(judgeAssigned)).filter(ofRound(roundId))
    expect(told.map(({ projectCount }) => projectCount)).toEqual([3, 3, 3, 3])
    expect(
      await did<Shared>(on.manager, 'assignJudges', { roundId, strategy: 'BALANCED' }, shareOut),
    ).toMatchObject({ assignedCount: 0 })
  })

  it('keeps judges from their own team and from conflicts, and says which projects lack judges', async () => {
    const on = await stage(world, { judges: 2, projects: 2 })
    const [judge, other] = on.judges
    const [team] = on.teams
    expect(
      await said(on.manager, 'declareConflict', {
        projectId: the(team).projectId,
        judgeId: the(judge).userId,
        reason: 'Cousins.',
      }),
    ).toBe('OK')
    const { roundId } = await draftRound(on)
    const shared = await did<Shared>(on.manager, 'assignJudges', { roundId, strategy: 'BALANCED' }, shareOut)
    const [barred] = await candidatesOf(world, on, roundId)
    expect(shared).toEqual({
      assignedCount: 3,
      shortfallCount: 1,
      shortfalls: [{ missingCount: 1, judgedProject: { id: barred } }],
    })
    expect((await assignmentsOf(roundId)).filter((row) => row.judgedProjectId === barred)).toMatchObject([
      { judgeId: the(other).userId },
    ])
    expect(
      await said(on.manager, 'assignJudge', { judgedProjectId: the(barred), judgeId: the(judge).userId }),
    ).toBe('CONFLICT_OF_INTEREST')
  })

  it('is refused for whom and what is not there', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const { roundId } = await draftRound(on)
    const before = await everything(world)
    const stranger = world.person()
    const ask = (over: object) => said(on.manager, 'assignJudges', { roundId, strategy: 'BALANCED', ...over })
    expect(await ask({ judgeIds: [stranger.userId] })).toBe('NOT_A_JUDGE')
    expect(await ask({ reviewsPerProject: 0 })).toBe('INVALID_VALUE')
    expect(await ask({ strategy: 'BY_TRACK' })).toBe('INVALID_VALUE')
    expect(await said(stranger, 'assignJudges', { roundId, strategy: 'BALANCED' })).toBe('NOT_FOUND')
    expect(await everything(world)).toEqual(before)
  })

  it('and opening at once leave the same candidates, each judge once on each', async () => {
    const on = await stage(world, { judges: 3, projects: 3 })
    const { roundId } = await draftRound(on)
    const replies = await Promise.all([
      ...Array.from({ length: 5 }, () =>
        said(on.manager, 'assignJudges', { roundId, strategy: 'ALL_TO_ALL' }),
      ),
      said(on.manager, 'openJudgingRound', { id: roundId }),
      ...Array.from({ length: 5 }, () =>
        said(on.manager, 'assignJudges', { roundId, strategy: 'ALL_TO_ALL' }),
      ),
    ])
    expect(replies).toEqual(Array(11).fill('OK'))
    expect(await judgedOf(roundId)).toHaveLength(3)
    expect(await assignmentsOf(roundId)).toHaveLength(9)
    expect((await judgedOf(roundId)).map(({ judgeCount }) => judgeCount)).toEqual([3, 3, 3])
    expect((await world.rows(rounds, eq(rounds.id, roundId)))[0]).toMatchObject({ status: 'OPEN' })
  })
})

describe('takeNextProject', () => {
  it('spreads twelve judges who ask at once over the projects', async () => {
    const on = await stage(world, { judges: 12, projects: 4 })
    const { roundId } = await draftRound(on)
    await did(on.manager, 'openJudgingRound', { id: roundId }, 'round { id }')
    const replies = await Promise.all(on.judges.map((judge) => said(judge, 'takeNextProject', { roundId })))
    expect(replies).toEqual(Array(12).fill('OK'))
    expect((await judgedOf(roundId)).map(({ judgeCount }) => judgeCount)).toEqual([3, 3, 3, 3])
  })

  it('gives one judge who asks ten times at once each project once, and no more than the round allows', async () => {
    const on = await stage(world, { judges: 1, projects: 4 })
    const { roundId } = await draftRound(on, { maxProjectsPerJudge: 3 })
    await did(on.manager, 'openJudgingRound', { id: roundId }, 'round { id }')
    const judge = the(on.judges[0])
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => said(judge, 'takeNextProject', { roundId })),
    )
    expect(replies.sort()).toEqual([...Array(7).fill('JUDGE_HAS_ENOUGH'), ...Array(3).fill('OK')])
    expect(await assignmentsOf(roundId)).toHaveLength(3)
    expect(await said(the(on.teams[0]).owner, 'takeNextProject', { roundId })).toBe('FORBIDDEN')
  })

  it('says so when nothing is left', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const { roundId } = await openRound(on)
    expect(await said(the(on.judges[0]), 'takeNextProject', { roundId })).toBe('NOTHING_LEFT')
  })
})

describe('judgingQueue', () => {
  it('shows what is left, whatever has the fewest sheets on top', async () => {
    const on = await stage(world, { judges: 2, projects: 3 })
    const [judge, other] = on.judges
    const { roundId, criterionId } = await openRound(on)
    const [first, second, third] = await candidatesOf(world, on, roundId)
    await score(other, first, criterionId, 5)
    await score(other, second, criterionId, 5)
    await score(judge, second, criterionId, 5)
    const queue = async (person = the(judge)) => {
      const { data } = await person.run<{ judgingQueue: { judgedProject: { id: string } }[] }>(
        'query ($roundId: ID!) { judgingQueue(roundId: $roundId) { judgedProject { id } } }',
        { roundId },
      )
      return data.judgingQueue.map(({ judgedProject }) => judgedProject.id)
    }
    expect(await queue()).toEqual([third, first])
    expect(await queue(the(other))).toEqual([third])
    expect(await queue(world.person())).toEqual([])
  })
})
