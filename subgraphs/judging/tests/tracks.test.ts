import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { resultsPublished } from '../contract.ts'
import { assignments, judgedProjects } from '../tables.ts'
import { candidatesOf, did, domains, draftRound, ofRound, said, score, stage, the } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

const board = `query ($roundId: ID!, $trackId: ID) { leaderboard(roundId: $roundId, trackId: $trackId) {
  nodes { place track { id } awards { place track { id } prize { id } } judgedProject { id tracks { id } } } } }`

interface Board {
  leaderboard: {
    nodes: { place: number; track: { id: string } | null; judgedProject: { id: string }; awards: object[] }[]
  }
}

it('judges of a track get its projects alone, and each track has places and prizes of its own', async () => {
  const on = await stage(world, {
    judges: 4,
    projects: 5,
    tracks: ['Health', 'Climate'],
    trackOf: (index) => index % 2,
  })
  const [health, climate] = on.trackIds
  const { prize } = await did<{ prize: { id: string } }>(
    on.manager,
    'addEventPrize',
    { eventId: on.eventId, name: 'Climate prize' },
    'prize { id }',
  )
  await world.settle()
  const { roundId, criterionId } = await draftRound(on, { rankedBy: 'RAW' })
  const tracks = [
    { trackId: health, judgeIds: on.judges.slice(0, 2).map(({ userId }) => userId) },
    { trackId: climate, judgeIds: on.judges.slice(2).map(({ userId }) => userId) },
  ]
  const shared = await did<{ assignedCount: number; shortfallCount: number }>(
    on.manager,
    'assignJudges',
    { roundId, strategy: 'BY_TRACK', tracks },
    'assignedCount shortfallCount',
  )
  expect(shared).toEqual({ assignedCount: 10, shortfallCount: 0 })
  await did(on.manager, 'openJudgingRound', { id: roundId }, 'round { id }')
  const candidates = await candidatesOf(world, on, roundId)
  const rows = await world.rows(assignments, eq(assignments.roundId, roundId))
  for (const { judgeId, judgedProjectId } of rows) {
    const number = candidates.indexOf(judgedProjectId)
    const judge = on.judges.findIndex(({ userId }) => userId === judgeId)
    expect(number % 2).toBe(judge < 2 ? 0 : 1)
    expect(await score(on.judges[judge], judgedProjectId, criterionId, number)).toBe('OK')
  }
  await did(on.manager, 'closeJudgingRound', { id: roundId }, 'round { id }')
  const award = { judgedProjectId: the(candidates[3]), place: 1, trackId: climate, prizeId: prize.id }
  expect(await said(on.manager, 'publishResults', { roundId, awards: [award] })).toBe('OK')
  const within = async (trackId: string | null | undefined) =>
    (await world.anonymous.run<Board>(board, { roundId, trackId })).data.leaderboard.nodes
  expect(
    (await within(null)).map(({ place, judgedProject }) => [place, candidates.indexOf(judgedProject.id)]),
  ).toEqual([
    [1, 4],
    [2, 3],
    [3, 2],
    [4, 1],
    [5, 0],
  ])
  const climateBoard = await within(climate)
  expect(
    climateBoard.map(({ place, judgedProject }) => [place, candidates.indexOf(judgedProject.id)]),
  ).toEqual([
    [1, 3],
    [2, 1],
  ])
  expect(climateBoard[0]).toMatchObject({
    track: { id: climate },
    awards: [{ place: 1, track: { id: climate }, prize: { id: prize.id } }],
  })
  expect((await world.published(resultsPublished)).filter(ofRound(roundId))[0]?.winners).toEqual([
    { projectId: the(on.teams[3]).projectId, trackId: climate, prizeId: prize.id, place: 1 },
  ])
})

it('a round can be for one track', async () => {
  const on = await stage(world, {
    judges: 1,
    projects: 3,
    tracks: ['Health', 'Climate'],
    trackOf: (index) => index % 2,
  })
  const { roundId } = await draftRound(on, { trackId: the(on.trackIds[0]) })
  expect(
    await said(on.manager, 'createJudgingRound', {
      eventId: on.eventId,
      name: 'X',
      mode: 'RUBRIC',
      trackId: roundId,
    }),
  ).toBe('NOT_FOUND')
  await did(on.manager, 'openJudgingRound', { id: roundId }, 'round { id }')
  const rows = await world.rows(judgedProjects, eq(judgedProjects.roundId, roundId))
  expect(rows.map(({ projectId }) => projectId).sort()).toEqual(
    [on.teams[0], on.teams[2]].map((team) => the(team).projectId).sort(),
  )
})
