import { idOf, uuidOf } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectStatusChanged } from '../contract.ts'
import type { ProjectStatus } from '../domain/project-status.ts'
import { stepsOf } from '../domain/results.ts'
import { projectTransitions } from '../tables.ts'
import { about, act, domains, guestOf, placesOf, projectOf, start, team, transition } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

async function did<Payload>(person: Person, mutation: string, input: object, selection: string) {
  const { userErrors, ...payload } = await person.mutate<Record<string, unknown>>(mutation, input, selection)
  if (userErrors.length > 0) throw new Error(`${mutation}: ${JSON.stringify(userErrors)}`)
  return payload as Payload
}

/** An event with projects that were handed in, judged by one person in an open round. */
async function judged({
  projects: count = 1,
  isBlind = false,
}: {
  projects?: number
  isBlind?: boolean
} = {}) {
  const { organization, eventId, owner, members, id } = await team(world, { size: 2 })
  await act(owner, 'updateProject', { id, repositoryUrl: 'https://git.example/jane' })
  await act(owner, 'submitProject', { id })
  const ids = [id]
  for (let n = 1; n < count; n++) {
    const rival = await guestOf(world, eventId)
    const other = await start(rival, { eventId })
    await act(rival, 'submitProject', { id: other.id })
    ids.push(other.id)
  }
  const judge = world.person()
  const grant = (userId: string, roles: string[]) =>
    did(organization.as('OWNER'), 'grantEventRoles', { eventId, userId, roles }, 'membership { id }')
  await grant(judge.userId, ['JUDGE'])
  await transition(world, organization, eventId, 'IN_PROGRESS', 'JUDGING')
  const manager = organization.as('ORGANIZER')
  const { round } = await did<{ round: { id: string } }>(
    manager,
    'createJudgingRound',
    { eventId, name: 'Final', mode: 'RUBRIC', minReviewsPerProject: 1, isBlind },
    'round { id }',
  )
  await did(manager, 'addJudgingCriterion', { roundId: round.id, name: 'Novelty' }, 'criterion { id }')
  await did(manager, 'assignJudges', { roundId: round.id, strategy: 'ALL_TO_ALL' }, 'round { id }')
  const open = () => did(manager, 'openJudgingRound', { id: round.id }, 'round { id }')
  const close = () => did(manager, 'closeJudgingRound', { id: round.id }, 'round { id }')
  return { organization, eventId, owner, members, ids, judge, manager, roundId: round.id, grant, open, close }
}

/** Publishes that these projects, in this order, have the first places. */
async function publish(manager: Person, roundId: string, winners: readonly (string | undefined)[]) {
  const rows = await world.host.database.sql`
    select id, project_id from judging.judged_project where round_id = ${uuidOf('rnd', roundId)}`
  const candidates = new Map(rows.map((row) => [idOf('prj', row.project_id), idOf('jpr', row.id)]))
  const awards = winners.map((id, n) => ({ judgedProjectId: candidates.get(id ?? ''), place: n + 1 }))
  await did(manager, 'publishResults', { roundId, awards }, 'round { id }')
  await world.settle()
}

describe('published results', () => {
  it.each<[ProjectStatus, boolean, number[], ProjectStatus[]]>([
    ['UNDER_REVIEW', false, [1], ['FINALIST', 'WINNER']],
    ['UNDER_REVIEW', true, [3, 1], ['FINALIST', 'WINNER']],
    ['UNDER_REVIEW', false, [2], ['FINALIST']],
    ['UNDER_REVIEW', true, [], ['FINALIST']],
    ['UNDER_REVIEW', false, [], ['NOT_SELECTED']],
    ['FINALIST', true, [], []],
    ['FINALIST', false, [1], ['WINNER']],
    ['FINALIST', false, [2], []],
    ['FINALIST', false, [], ['NOT_SELECTED']],
    ['NOT_SELECTED', false, [1], ['FINALIST', 'WINNER']],
    ['NOT_SELECTED', false, [], []],
    ['SUBMITTED', false, [1], ['UNDER_REVIEW', 'FINALIST', 'WINNER']],
    ['SUBMITTED', false, [], ['UNDER_REVIEW', 'NOT_SELECTED']],
    ['WITHDRAWN', true, [1], []],
    ['DISQUALIFIED', true, [1], []],
    ['WINNER', false, [], []],
    ['DRAFT', true, [1], []],
  ])('take a project that is %s, finalist: %j, places %j along %j', (status, isFinalist, places, steps) => {
    expect(stepsOf(status, { isFinalist, places })).toEqual(steps)
  })

  it('make winners, finalists and the rest of what was judged, step by step, and tell', async () => {
    const { manager, roundId, ids, open, close } = await judged({ projects: 4 })
    const [first, second, third, fourth] = ids
    await open()
    await world.settle()
    await act(manager, 'disqualifyProject', { id: fourth, reason: 'Copied.' })
    await close()
    await publish(manager, roundId, [first, second])
    const statuses = await Promise.all(ids.map(async (id) => (await projectOf(world, id)).status))
    expect(statuses).toEqual(['WINNER', 'FINALIST', 'NOT_SELECTED', 'DISQUALIFIED'])
    const steps = (await world.published(projectStatusChanged)).filter(about(first ?? ''))
    expect(steps.slice(-2).map(({ from, status, actorId }) => [from, status, actorId])).toEqual([
      ['UNDER_REVIEW', 'FINALIST', null],
      ['FINALIST', 'WINNER', null],
    ])
    expect(await world.rows(projectTransitions, eq(projectTransitions.projectId, third ?? ''))).toHaveLength(
      3,
    )
  })

  it('count also when the event was over before', async () => {
    const { organization, manager, eventId, roundId, ids, open, close } = await judged({ projects: 2 })
    await open()
    await close()
    await transition(world, organization, eventId, 'COMPLETED')
    expect((await projectOf(world, ids[0] ?? '')).status).toBe('NOT_SELECTED')
    await publish(manager, roundId, [ids[0]])
    expect((await projectOf(world, ids[0] ?? '')).status).toBe('WINNER')
    expect((await projectOf(world, ids[1] ?? '')).status).toBe('NOT_SELECTED')
  })
})

describe('while a blind round is open', () => {
  const fields = `members { user { id } } owner { id } repositoryUrl history { to actor { id } }
    submission { title repositoryUrl members { user { id } } submittedBy { id } }`

  it('its judges are told of nobody, on any way to a project', async () => {
    const { judge, owner, members, organization, manager, eventId, ids, grant, open, close } = await judged({
      isBlind: true,
    })
    const [id = ''] = ids
    const both = world.person()
    await grant(both.userId, ['JUDGE', 'ORGANIZER'])
    const place = (await placesOf(world, id))[0]?.id ?? ''
    const named = {
      members: [owner, ...members].map(({ userId }) => ({ user: { id: userId } })),
      owner: { id: owner.userId },
      repositoryUrl: 'https://git.example/jane',
      history: [
        { to: 'UNDER_REVIEW', actor: null },
        { to: 'SUBMITTED', actor: { id: owner.userId } },
      ],
      submission: {
        title: 'Solar Oven',
        repositoryUrl: 'https://git.example/jane',
        members: [owner, ...members].map(({ userId }) => ({ user: { id: userId } })),
        submittedBy: { id: owner.userId },
      },
    }
    const hidden = {
      members: [],
      owner: null,
      repositoryUrl: null,
      history: [
        { to: 'UNDER_REVIEW', actor: null },
        { to: 'SUBMITTED', actor: null },
      ],
      submission: { title: 'Solar Oven', repositoryUrl: null, members: [], submittedBy: null },
    }
    const looks = async (person: Person) => {
      const { data } = await person.run<{ project: object; projects: { nodes: object[] } }>(
        `query ($id: ID!, $filter: ProjectFilter) {
          project(id: $id) { ${fields} } projects(filter: $filter) { nodes { ${fields} } } }`,
        { id, filter: { eventId } },
      )
      const listed = `projects { nodes { ${fields} } }`
      const lists = await Promise.all(
        [
          ['Event', eventId],
          ['Organization', organization.id],
        ].map(([typename = '', parentId = '']) =>
          person.entity<{ projects: { nodes: object[] } }>('projects', typename, parentId, listed),
        ),
      )
      return {
        seen: [
          data.project,
          data.projects.nodes[0],
          await person.entity('projects', 'Project', id, fields),
          ...lists.map((list) => list?.projects.nodes[0]),
        ],
        place: await person.entity('projects', 'ProjectMember', place, 'user { id }'),
      }
    }
    const told = { seen: Array(5).fill(named), place: { user: { id: owner.userId } } }
    expect(await looks(judge)).toEqual(told)
    await open()
    await world.settle()
    expect(await looks(judge)).toEqual({ seen: Array(5).fill(hidden), place: null })
    for (const person of [owner, manager, both, world.service]) expect(await looks(person)).toEqual(told)
    await close()
    await world.settle()
    expect(await looks(judge)).toEqual(told)
  })

  it('judges who are in a team see their own, and no drafts of others', async () => {
    const { judge, ids, eventId, owner, members, grant, open } = await judged({ isBlind: true })
    await grant(owner.userId, ['JUDGE'])
    await open()
    await world.settle()
    expect(await owner.entity('projects', 'Project', ids[0] ?? '', 'members { user { id } }')).toEqual({
      members: [owner, ...members].map(({ userId }) => ({ user: { id: userId } })),
    })
    const other = await team(world)
    await world.settle()
    expect(await judge.entity('projects', 'Project', other.id, 'id')).toBeNull()
    expect(
      await judge.entity(
        'projects',
        'Event',
        eventId,
        'projects(filter: { status: [DRAFT] }) { totalCount }',
      ),
    ).toEqual({ projects: { totalCount: 0 } })
  })

  it('an open round that is not blind hides nothing', async () => {
    const { judge, owner, ids, open } = await judged()
    await open()
    await world.settle()
    expect(await judge.entity('projects', 'Project', ids[0] ?? '', 'owner { id }')).toEqual({
      owner: { id: owner.userId },
    })
  })
})
