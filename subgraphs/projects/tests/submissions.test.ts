import { uuidOf } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectMemberJoined, projectReopened, projectSubmitted } from '../contract.ts'
import { projectSubmissions } from '../tables.ts'
import { about, act, domains, everything, guestOf, team } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

const snapshot =
  'number title summary repositoryUrl demoUrl videoUrl thumbnailUrl tags members { role user { id } } submittedAt submittedBy { id }'

interface Seen {
  submission: { number: number; title: string } | null
  submissions: { number: number; title: string }[] | null
}

const look = async (person: Person, id: string) =>
  (
    await person.run<{ project: Seen | null }>(
      `query ($id: ID!) { project(id: $id) { submission { ${snapshot} } submissions { number title } } }`,
      { id },
    )
  ).data.project

const rowsOf = (id: string) => world.rows(projectSubmissions, eq(projectSubmissions.projectId, id))

describe('a submission', () => {
  it('keeps everything that a project says of itself, and the team with its roles', async () => {
    const { owner, members, id } = await team(world, { size: 2 })
    const said = {
      title: 'Moon Oven',
      summary: 'Bakes by night.',
      repositoryUrl: 'https://git.example/oven',
      demoUrl: 'https://oven.example',
      videoUrl: 'https://video.example/oven',
      thumbnailUrl: 'https://oven.example/oven.png',
    }
    const tags = ['Clean Energy', '#solar', 'solar']
    expect(await act(owner, 'updateProject', { id, ...said, tags })).toBe('DRAFT')
    expect(await act(members[0] ?? owner, 'submitProject', { id })).toBe('SUBMITTED')
    expect((await look(owner, id))?.submission).toEqual({
      number: 1,
      ...said,
      tags: ['clean-energy', 'solar'],
      members: [
        { role: 'OWNER', user: { id: owner.userId } },
        { role: 'MEMBER', user: { id: members[0]?.userId } },
      ],
      submittedAt: world.clock.now().toISOString(),
      submittedBy: { id: members[0]?.userId },
    })
  })

  it('is followed by others, of which the latest counts; the earlier ones are for the team and managers', async () => {
    const { owner, organization, id } = await team(world)
    for (const title of ['One', 'Two', 'Three']) {
      await act(owner, 'updateProject', { id, title })
      await act(owner, 'submitProject', { id })
      world.clock.advance(1_000)
      if (title !== 'Three') await act(owner, 'reopenProject', { id })
    }
    const all = [
      { number: 3, title: 'Three' },
      { number: 2, title: 'Two' },
      { number: 1, title: 'One' },
    ]
    for (const person of [owner, organization.as('ORGANIZER'), world.service]) {
      expect(await look(person, id)).toMatchObject({ submission: { number: 3 }, submissions: all })
    }
    for (const person of [organization.as('MEMBER'), world.person(), world.anonymous]) {
      expect(await look(person, id)).toMatchObject({ submission: { number: 3 }, submissions: null })
    }
    const told = [
      ...(await world.published(projectSubmitted)),
      ...(await world.published(projectReopened)),
    ].filter(about(id))
    expect(told.map(({ status, submission }) => [status, submission?.number, submission?.title])).toEqual([
      ['SUBMITTED', 1, 'One'],
      ['SUBMITTED', 2, 'Two'],
      ['SUBMITTED', 3, 'Three'],
      ['DRAFT', 1, 'One'],
      ['DRAFT', 2, 'Two'],
    ])
  })

  it('is still told of while the team works on the next one', async () => {
    const { owner, eventId, id } = await team(world)
    await act(owner, 'submitProject', { id })
    const at = world.clock.now().toISOString()
    await act(owner, 'reopenProject', { id })
    const { userId } = await guestOf(world, eventId)
    await act(owner, 'addProjectMember', { projectId: id, userId })
    expect((await world.published(projectMemberJoined)).filter(about(id))).toMatchObject([
      { submittedAt: at, submission: { number: 1, title: 'Solar Oven' } },
    ])
  })

  it('is changed and removed by nobody: the database refuses', async () => {
    const { owner, id } = await team(world)
    await act(owner, 'submitProject', { id })
    const [row] = await rowsOf(id)
    const { sql } = world.host.database
    for (const work of [
      sql`update projects.project_submission set title = 'x' where title = 'Solar Oven'`,
      sql`delete from projects.project_submission where title = 'Solar Oven'`,
    ]) {
      await expect(work).rejects.toThrow('a submission is kept as it is')
    }
    expect(await rowsOf(id)).toEqual([row])
  })

  it('is one, however many of the team hand in at once', async () => {
    const { owner, members, id } = await team(world, { size: 3 })
    const rivals = [owner, ...members].flatMap((person) => [person, person, person, person])
    const said = await Promise.all(rivals.map((person) => act(person, 'submitProject', { id })))
    expect(said.sort()).toEqual([...Array(11).fill('INVALID_STATE_TRANSITION'), 'SUBMITTED'])
    expect((await rowsOf(id)).map(({ number }) => number)).toEqual([1])
  })
})

describe('a team', () => {
  it('needs as many members as the event asks for, and says so before', async () => {
    const { owner, eventId, id } = await team(world)
    await world.host.database.sql`
      update projects.event_terms set min_team_size = 2 where id = ${uuidOf('evt', eventId)}`
    const steps = async () =>
      (
        await owner.run<{ project: object }>(
          'query ($id: ID!) { project(id: $id) { availableTransitions { to blockedBy } } }',
          { id },
        )
      ).data.project
    const withdraw = { to: 'WITHDRAWN', blockedBy: [] }
    expect(await steps()).toEqual({
      availableTransitions: [{ to: 'SUBMITTED', blockedBy: ['TEAM_TOO_SMALL'] }, withdraw],
    })
    const before = await everything(world)
    expect(await act(owner, 'submitProject', { id })).toBe('TEAM_TOO_SMALL')
    expect(await everything(world)).toEqual(before)
    await act(owner, 'addProjectMember', { projectId: id, userId: (await guestOf(world, eventId)).userId })
    expect(await steps()).toEqual({ availableTransitions: [{ to: 'SUBMITTED', blockedBy: [] }, withdraw] })
    expect(await act(owner, 'submitProject', { id })).toBe('SUBMITTED')
  })
})

describe('tags', () => {
  it.each([
    [Array.from({ length: 11 }, (_, n) => `tag-${n}`), 'INVALID_VALUE'],
    [['a/b'], 'INVALID_VALUE'],
    [['x'.repeat(41)], 'INVALID_VALUE'],
    [['A', ' a ', '#a', 'b c'], 'DRAFT'],
    [[' ', 'ZÜRICH', 'c++'], 'DRAFT'],
  ])('%j: %s', async (tags, expected) => {
    const { owner, id } = await team(world)
    expect(await act(owner, 'updateProject', { id, tags })).toBe(expected)
  })
})
