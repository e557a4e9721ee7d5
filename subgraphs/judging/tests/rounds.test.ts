import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resultsPublished, roundClosed, roundOpened } from '../contract.ts'
import {
  candidatesOf,
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

interface Seen {
  leaderboard: {
    totalCount: number
    nodes: {
      place: number
      rawScore: number
      isFinalist: boolean
      awards: { place: number }[]
      judgedProject: { project: { id: string } }
    }[]
  }
}

const board = `query ($roundId: ID!) { leaderboard(roundId: $roundId) { totalCount nodes {
  place rawScore isFinalist awards { place } judgedProject { project { id } } } } }`

describe('a round of judging', () => {
  it('goes from draft to published results', async () => {
    const on = await stage(world)
    const { roundId, criterionId } = await openRound(on, { advancesCount: 1 })
    const candidates = await candidatesOf(world, on, roundId)
    for (const [generosity, judge] of on.judges.entries()) {
      for (const [index, candidate] of candidates.entries()) {
        expect(await score(judge, candidate, criterionId, index * 2 + generosity)).toBe('OK')
      }
    }
    expect(await said(on.manager, 'closeJudgingRound', { id: roundId })).toBe('OK')
    expect((await world.anonymous.run<Seen>(board, { roundId })).data.leaderboard).toBeNull()
    expect(await said(on.manager, 'publishResults', { roundId })).toBe('OK')
    const { leaderboard } = (await world.anonymous.run<Seen>(board, { roundId })).data
    const byPlace = [3, 2, 1, 0].map((index) => the(on.teams[index]).projectId)
    expect(leaderboard.totalCount).toBe(4)
    expect(leaderboard.nodes.map(({ place, judgedProject }) => [place, judgedProject.project.id])).toEqual(
      byPlace.map((id, index) => [index + 1, id]),
    )
    expect(leaderboard.nodes.map(({ rawScore }) => rawScore)).toEqual([70, 50, 30, 10])
    expect(leaderboard.nodes.map(({ isFinalist, awards }) => [isFinalist, awards])).toEqual([
      [true, [{ place: 1 }]],
      [false, [{ place: 2 }]],
      [false, [{ place: 3 }]],
      [false, []],
    ])
    expect((await world.published(roundOpened)).filter(ofRound(roundId))).toHaveLength(1)
    expect((await world.published(roundClosed)).filter(ofRound(roundId))).toHaveLength(1)
    expect((await world.published(resultsPublished)).filter(ofRound(roundId))).toEqual([
      expect.objectContaining({
        eventId: on.eventId,
        finalists: byPlace.slice(0, 1),
        projectIds: byPlace,
        winners: byPlace
          .slice(0, 3)
          .map((projectId, index) => ({ projectId, trackId: null, prizeId: null, place: index + 1 })),
      }),
    ])
  })

  it('is not for those who do not manage judging', async () => {
    const on = await stage(world, { judges: 1, projects: 1 })
    const { roundId } = await draftRound(on)
    const before = await everything(world)
    const judge = the(on.judges[0])
    const draft = { eventId: on.eventId, name: 'X', mode: 'RUBRIC' }
    expect(await said(judge, 'createJudgingRound', draft)).toBe('FORBIDDEN')
    for (const mutation of ['openJudgingRound', 'closeJudgingRound', 'deleteJudgingRound']) {
      expect(await said(judge, mutation, { id: roundId })).toBe('NOT_FOUND')
      expect(await said(world.person(), mutation, { id: roundId })).toBe('NOT_FOUND')
      expect(await said(world.anonymous, mutation, { id: roundId })).toBe('UNAUTHENTICATED')
    }
    expect(await everything(world)).toEqual(before)
  })
})
