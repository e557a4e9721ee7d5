import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { judgeAssigned, roundOpened } from '../contract.ts'
import { assignments, judgedProjects, projectFacts } from '../tables.ts'
import { candidatesOf, did, domains, ofRound, openRound, type Stage, stage, the } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

/** Everything that a candidate tells. */
const candidate = `id label number title summary demoUrl isOut judgeCount reviewCount sharedComments tracks { id }
  project { id } round { id name } scoreSheets { totalCount nodes { id judge { id } } }`

const assignment = `id origin judge { id } scoreSheet { id } judgedProject { ${candidate} }`

const sheet = `id status total comment exclusion version judge { id } judgedProject { ${candidate} }
  scores { value criterion { id } }`

const round = `id name status isBlind progress { reviewCount judges { judge { id } } } history { actor { id } }
  availableTransitions { to } projects(first: 100) { totalCount nodes { ${candidate} } }
  assignments(first: 100) { totalCount nodes { ${assignment} } }`

const pair = `previous { ${candidate} } next { ${candidate} }`

const conflict = 'id reason judge { id } declaredBy { id } project { id }'

/** Runs a mutation and gives all that came back, errors and all. */
async function answer(person: Person, mutation: string, input: object, selection: string): Promise<unknown> {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`
  return person.run(
    `mutation ($input: ${type}) { ${mutation}(input: $input) { ${selection} userErrors { code message path } } }`,
    { input },
  )
}

/** Whatever tells whose project it is. */
const identitiesOf = (on: Stage): string[] =>
  on.teams.flatMap(({ owner, projectId }) => [owner.userId, projectId])

/** What of the identities stands anywhere in what was said. */
const leaks = (on: Stage, told: unknown): string[] => {
  const text = JSON.stringify(told)
  expect(text.length).toBeGreaterThan(100)
  return identitiesOf(on).filter((identity) => text.includes(identity))
}

/** All that a judge can get at in a round with a rubric, by every path. */
async function everyPath(on: Stage, judge: Person, roundId: string, criterionId: string): Promise<unknown[]> {
  const seen: unknown[] = []
  const entity = async (type: string, id: string, selection: string) =>
    seen.push(await judge.entity('judging', type, id, selection))
  seen.push(await judge.run(`query ($id: ID!) { judgingRound(id: $id) { ${round} } }`, { id: roundId }))
  seen.push(
    await judge.run(`query ($id: ID!) { judgingQueue(roundId: $id) { ${assignment} } }`, { id: roundId }),
    await judge.run(
      'query ($id: ID!) { leaderboard(roundId: $id) { nodes { judgedProject { project { id } } } } }',
      { id: roundId },
    ),
  )
  const candidates = await world.rows(judgedProjects, eq(judgedProjects.roundId, roundId))
  const own = await world.rows(assignments, eq(assignments.judgeId, judge.userId))
  await entity('JudgingRound', roundId, round)
  await entity(
    'Event',
    on.eventId,
    `judgingRounds { ${round} } conflictsOfInterest { nodes { ${conflict} } }`,
  )
  for (const { id } of candidates) await entity('JudgedProject', id, candidate)
  for (const { id } of own) await entity('JudgeAssignment', id, assignment)
  for (const { projectId } of on.teams) {
    await entity('Project', projectId, `judgingResults { judgedProject { ${candidate} } }`)
  }
  for (const { id } of candidates) {
    const scores = [{ criterionId, value: 5 }]
    seen.push(
      await answer(
        judge,
        'submitScore',
        { judgedProjectId: id, scores, isFinal: true },
        `scoreSheet { ${sheet} }`,
      ),
      await answer(
        judge,
        'submitScore',
        { judgedProjectId: id, scores: [], isFinal: false },
        `scoreSheet { ${sheet} }`,
      ),
    )
  }
  seen.push(
    await answer(judge, 'takeNextProject', { roundId }, `assignment { ${assignment} }`),
    await answer(judge, 'closeJudgingRound', { id: roundId }, 'round { id }'),
    await answer(judge, 'publishResults', { roundId }, 'round { id }'),
    await answer(
      judge,
      'assignJudges',
      { roundId, strategy: 'BALANCED' },
      `shortfalls { judgedProject { ${candidate} } }`,
    ),
  )
  const [first] = candidates
  seen.push(
    await answer(
      judge,
      'declareConflict',
      { judgedProjectId: the(first).id, reason: 'I know them.' },
      `conflict { ${conflict} }`,
    ),
    await judge.run(`query ($id: ID!) { judgingRound(id: $id) { ${round} event { id } } }`, { id: roundId }),
  )
  await entity('Event', on.eventId, `conflictsOfInterest { nodes { ${conflict} } }`)
  const stream = judge.subscribe(
    'subscription ($id: ID!) { judgingProgress(roundId: $id) { reviewCount judges { judge { id } } } }',
    { id: roundId },
  )
  seen.push(await stream.next().catch((error: Error) => error.message))
  return seen
}

describe('a blind round', () => {
  it('tells a judge by no path whose project it is', async () => {
    const on = await stage(world, { judges: 2, projects: 4 })
    const { roundId, criterionId } = await openRound(on, { isBlind: true })
    const told = await everyPath(on, the(on.judges[0]), roundId, criterionId)
    expect(leaks(on, told)).toEqual([])
    // The walk did see candidates, sheets and the conflict.
    const text = JSON.stringify(told)
    expect([text.includes('Entry 0'), text.includes('"total":50'), text.includes('I know them.')]).toEqual([
      true,
      true,
      true,
    ])
  })

  it('tells it neither a judge who compares pairs', async () => {
    const on = await stage(world, { judges: 1, projects: 3 })
    const judge = the(on.judges[0])
    const { roundId } = await openRound(on, { isBlind: true, mode: 'PAIRWISE' })
    const { pair: given } = await did<{ pair: Record<'previous' | 'next', { id: string }> }>(
      judge,
      'takeNextPair',
      { roundId },
      'pair { previous { id } next { id } }',
    )
    const vote = { roundId, previousId: given.previous.id, nextId: given.next.id, winnerId: given.next.id }
    const told = [
      await answer(judge, 'takeNextPair', { roundId }, `pair { ${pair} }`),
      await answer(
        judge,
        'castPairwiseVote',
        vote,
        `vote { id winner { ${candidate} } loser { ${candidate} } judge { id } } pair { ${pair} }`,
      ),
      await answer(judge, 'castPairwiseVote', vote, 'vote { id }'),
      await judge.run(`query ($id: ID!) { judgingRound(id: $id) { ${round} } }`, { id: roundId }),
    ]
    expect(leaks(on, told)).toEqual([])
  })

  it('tells managers, a judge of a round that is not blind, and everybody once it is published', async () => {
    const on = await stage(world, { judges: 1, projects: 2 })
    const [judge] = on.judges
    const { roundId } = await openRound(on, { isBlind: true })
    const open = await openRound(on, { name: 'Not blind' })
    const behind = async (person: Person | undefined, of: string) => {
      const ids = await candidatesOf(world, on, of)
      const seen = await Promise.all(
        ids.map((id) =>
          the(person).entity<{ project: { id: string } | null }>(
            'judging',
            'JudgedProject',
            id,
            'project { id }',
          ),
        ),
      )
      return seen.map((one) => one && (one.project?.id ?? null))
    }
    const all = on.teams.map(({ projectId }) => projectId)
    expect(await behind(on.manager, roundId)).toEqual(all)
    expect(await behind(judge, roundId)).toEqual([null, null])
    expect(await behind(judge, open.roundId)).toEqual(all)
    await did(on.manager, 'closeJudgingRound', { id: roundId }, 'round { id }')
    expect(await behind(judge, roundId)).toEqual([null, null])
    await did(on.manager, 'publishResults', { roundId }, 'round { id }')
    expect(await behind(judge, roundId)).toEqual(all)
    expect(await behind(world.anonymous, roundId)).toEqual(all)
  })

  it('numbers candidates by lot: ids follow the numbers, not the projects', async () => {
    const on = await stage(world, { judges: 1, projects: 8 })
    const { roundId } = await openRound(on, { isBlind: true })
    const rows = await world.rows(judgedProjects, eq(judgedProjects.roundId, roundId))
    const byNumber = rows.sort((a, b) => a.number - b.number)
    expect(byNumber.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(byNumber.map(({ id }) => id)).toEqual(byNumber.map(({ id }) => id).sort())
    const started = on.teams.map(({ projectId }) => projectId)
    expect(byNumber.map(({ projectId }) => projectId)).not.toEqual(started)
    expect(await world.rows(projectFacts, eq(projectFacts.eventId, on.eventId))).toHaveLength(8)
  })

  it('tells judges nothing by way of what they are notified of', async () => {
    const on = await stage(world, { judges: 2, projects: 2 })
    const { roundId } = await openRound(on, { isBlind: true })
    const told = [
      ...(await world.published(judgeAssigned)).filter(ofRound(roundId)),
      ...(await world.published(roundOpened)).filter(ofRound(roundId)),
    ]
    expect(told).toHaveLength(3)
    expect(leaks(on, told)).toEqual([])
  })
})
