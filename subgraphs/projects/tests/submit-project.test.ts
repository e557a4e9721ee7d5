import { uuidOf } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectReopened, projectStatusChanged, projectSubmitted } from '../contract.ts'
import { projectTransitions } from '../tables.ts'
import {
  about,
  act,
  announce,
  domains,
  everything,
  hourMs,
  projectOf,
  start,
  team,
  transition,
  whileLocked,
} from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

const submissionOf = async (person: Person, id: string) =>
  (
    await person.run<{ project: object }>(
      'query ($id: ID!) { project(id: $id) { title status submittedAt submission { title summary repositoryUrl demoUrl } history { from to reason at actor { id } } } }',
      { id },
    )
  ).data.project

describe('submitProject', () => {
  it('hands in what the project says now: a snapshot, a history, two events', async () => {
    const { owner, members, organization, eventId, id } = await team(world, { size: 2 })
    const [member] = members
    await act(owner, 'updateProject', { id, summary: 'Bakes.', demoUrl: 'https://oven.example' })
    expect(await act(member ?? owner, 'submitProject', { id, expectedVersion: 3 })).toBe('SUBMITTED')
    const at = world.clock.now().toISOString()
    expect(await submissionOf(owner, id)).toEqual({
      title: 'Solar Oven',
      status: 'SUBMITTED',
      submittedAt: at,
      submission: {
        title: 'Solar Oven',
        summary: 'Bakes.',
        repositoryUrl: null,
        demoUrl: 'https://oven.example',
      },
      history: [{ from: 'DRAFT', to: 'SUBMITTED', reason: null, at, actor: { id: member?.userId } }],
    })
    const facts = {
      projectId: id,
      projectTitle: 'Solar Oven',
      eventId,
      organizationId: organization.id,
      memberIds: [owner.userId, member?.userId],
      status: 'SUBMITTED',
      version: 4,
      stage: 'CHALLENGE',
      trackIds: [],
      submittedAt: at,
      submission: {
        number: 1,
        title: 'Solar Oven',
        summary: 'Bakes.',
        repositoryUrl: null,
        demoUrl: 'https://oven.example',
        videoUrl: null,
        tags: [],
      },
      collaboratorIds: [],
      seenBy: 'EVERYBODY',
      actorId: member?.userId,
    }
    expect((await world.published(projectSubmitted)).filter(about(id))).toEqual([facts])
    expect((await world.published(projectStatusChanged)).filter(about(id))).toEqual([
      { ...facts, from: 'DRAFT', reason: null },
    ])
  })

  it('is possible for a project of an organization at any time', async () => {
    const organization = world.organization()
    const person = organization.as('MEMBER')
    const { id } = await start(person, { organizationId: organization.id })
    expect(await act(person, 'submitProject', { id })).toBe('SUBMITTED')
    expect(await act(person, 'reopenProject', { id })).toBe('DRAFT')
  })

  it('is taken until deadline and grace are over, to the millisecond', async () => {
    const begin = world.clock.now().getTime()
    const deadline = begin + 7 * 24 * hourMs + 12 * hourMs
    const event = { submissionDeadline: new Date(deadline).toISOString(), graceMinutes: 10 }
    const { owner, id } = await team(world, { event })
    const late = await team(world, { event })
    const reopener = await team(world, { event })
    await act(reopener.owner, 'submitProject', { id: reopener.id })
    try {
      world.clock.set(new Date(deadline + 10 * 60_000))
      expect(await act(owner, 'submitProject', { id })).toBe('SUBMITTED')
      expect(await act(owner, 'reopenProject', { id })).toBe('DRAFT')
      expect(await act(owner, 'submitProject', { id })).toBe('SUBMITTED')
      world.clock.advance(1)
      const before = await everything(world)
      expect(await act(late.owner, 'submitProject', { id: late.id })).toBe('SUBMISSION_CLOSED')
      expect(await act(reopener.owner, 'reopenProject', { id: reopener.id })).toBe('SUBMISSION_CLOSED')
      expect(await everything(world)).toEqual(before)
    } finally {
      world.clock.set(new Date(begin))
    }
  })

  it('is taken until the end of an event without a deadline', async () => {
    const begin = world.clock.now().getTime()
    const { owner, id } = await team(world)
    const late = await team(world)
    try {
      world.clock.set(new Date(begin + 8 * 24 * hourMs))
      expect(await act(owner, 'submitProject', { id })).toBe('SUBMITTED')
      world.clock.advance(1)
      expect(await act(late.owner, 'submitProject', { id: late.id })).toBe('SUBMISSION_CLOSED')
    } finally {
      world.clock.set(new Date(begin))
    }
  })

  it('is refused for every reason of the contract, and leaves nothing', async () => {
    const { owner, id } = await team(world)
    const submitted = await team(world)
    await act(submitted.owner, 'submitProject', { id: submitted.id })
    const judged = await team(world)
    await transition(world, judged.organization, judged.eventId, 'IN_PROGRESS', 'JUDGING')
    const before = await everything(world)
    expect(await act(owner, 'submitProject', { id, expectedVersion: 9 })).toBe('VERSION_CONFLICT')
    expect(await act(owner, 'submitProject', { id: 'nonsense' })).toBe('NOT_FOUND')
    expect(await act(owner, 'reopenProject', { id: 'nonsense' })).toBe('NOT_FOUND')
    expect(await act(submitted.owner, 'submitProject', { id: submitted.id })).toBe('INVALID_STATE_TRANSITION')
    expect(await act(judged.owner, 'submitProject', { id: judged.id })).toBe('SUBMISSION_CLOSED')
    expect(await everything(world)).toEqual(before)
  })

  it('is denied to whoever is not in the team', async () => {
    const { organization, id } = await team(world)
    const submitted = await team(world)
    await act(submitted.owner, 'submitProject', { id: submitted.id })
    const before = await everything(world)
    expect(await act(organization.as('OWNER'), 'submitProject', { id })).toBe('FORBIDDEN')
    expect(await act(world.person(), 'submitProject', { id })).toBe('NOT_FOUND')
    expect(await act(world.anonymous, 'submitProject', { id })).toBe('UNAUTHENTICATED')
    for (const person of [submitted.organization.as('OWNER'), world.person()]) {
      expect(await act(person, 'reopenProject', { id: submitted.id })).toBe('FORBIDDEN')
    }
    expect(await act(world.anonymous, 'reopenProject', { id: submitted.id })).toBe('UNAUTHENTICATED')
    expect(await everything(world)).toEqual(before)
  })

  it('is done once by ten rivals', async () => {
    const { owner, members, id } = await team(world, { size: 2 })
    const rivals = Array.from({ length: 10 }, (_, n) => (n % 2 ? owner : (members[0] ?? owner)))
    const said = await Promise.all(rivals.map((person) => act(person, 'submitProject', { id })))
    expect(said.sort()).toEqual([...Array(9).fill('INVALID_STATE_TRANSITION'), 'SUBMITTED'])
    expect(await projectOf(world, id)).toMatchObject({ status: 'SUBMITTED', version: 3 })
    expect(await world.rows(projectTransitions, eq(projectTransitions.projectId, id))).toHaveLength(1)
    expect((await world.published(projectSubmitted)).filter(about(id))).toHaveLength(1)
    expect((await world.published(projectStatusChanged)).filter(about(id))).toHaveLength(1)
  })

  it('answers the same for the same key, also after the project was reopened', async () => {
    const { owner, id } = await team(world)
    const input = { id, idempotencyKey: 'once' }
    const said = await Promise.all(Array.from({ length: 8 }, () => act(owner, 'submitProject', input)))
    expect(said).toEqual(Array(8).fill('SUBMITTED'))
    expect(await act(owner, 'reopenProject', { id })).toBe('DRAFT')
    expect(await act(owner, 'submitProject', input)).toBe('SUBMITTED')
    expect(await projectOf(world, id)).toMatchObject({ status: 'DRAFT', version: 3 })
    expect((await world.published(projectSubmitted)).filter(about(id))).toHaveLength(1)
    expect(await act(owner, 'submitProject', { ...input, expectedVersion: 3 })).toBe('IDEMPOTENCY_KEY_REUSED')
  })
})

describe('submitting while the event goes on to judging', () => {
  it('is judged when it came first: the event waits for whoever is at the counter', async () => {
    const { owner, organization, eventId, id } = await team(world)
    await transition(world, organization, eventId, 'IN_PROGRESS')
    const said = await whileLocked(
      world,
      (sql) => sql`select 1 from projects.project where id = ${uuidOf('prj', id)} for update`,
      () => act(owner, 'submitProject', { id }),
      async () => {
        await announce(organization, eventId, 'JUDGING')
        await new Promise((resolve) => setTimeout(resolve, 400))
      },
    )
    await world.settle()
    expect(said).toBe('SUBMITTED')
    expect(await projectOf(world, id)).toMatchObject({ status: 'UNDER_REVIEW' })
  })

  it('is judged or refused, and nothing between, whoever comes first', async () => {
    const teams = await Promise.all(Array.from({ length: 6 }, () => team(world)))
    for (const { organization, eventId } of teams) {
      await transition(world, organization, eventId, 'IN_PROGRESS')
    }
    const said = await Promise.all(
      teams.map(async ({ owner, organization, eventId, id }, n) => {
        const moving = announce(organization, eventId, 'JUDGING')
        await new Promise((resolve) => setTimeout(resolve, 8 * n))
        const reply = await act(owner, 'submitProject', { id })
        await moving
        return reply
      }),
    )
    await world.settle()
    const ends = await Promise.all(teams.map(async ({ id }) => (await projectOf(world, id)).status))
    expect(ends).toEqual(said.map((reply) => (reply === 'SUBMITTED' ? 'UNDER_REVIEW' : 'DRAFT')))
    expect(new Set(said).isSubsetOf(new Set(['SUBMITTED', 'SUBMISSION_CLOSED']))).toBe(true)
  })
})

describe('reopenProject', () => {
  it('takes a submission back to work on it, and the next one replaces it', async () => {
    const { owner, id } = await team(world)
    await act(owner, 'submitProject', { id })
    world.clock.advance(1_000)
    expect(await act(owner, 'reopenProject', { id })).toBe('DRAFT')
    await act(owner, 'updateProject', { id, title: 'Moon Oven' })
    expect(await submissionOf(owner, id)).toMatchObject({
      title: 'Moon Oven',
      submission: { title: 'Solar Oven' },
    })
    world.clock.advance(1_000)
    await act(owner, 'submitProject', { id })
    expect(await submissionOf(owner, id)).toMatchObject({
      submittedAt: world.clock.now().toISOString(),
      submission: { title: 'Moon Oven' },
      history: [{ to: 'SUBMITTED' }, { to: 'DRAFT' }, { to: 'SUBMITTED' }],
    })
    expect((await world.published(projectReopened)).filter(about(id))).toEqual([
      expect.objectContaining({ status: 'DRAFT', version: 3, actorId: owner.userId }),
    ])
  })

  it('is done once by ten rivals', async () => {
    const { owner, id } = await team(world)
    await act(owner, 'submitProject', { id })
    const said = await Promise.all(Array.from({ length: 10 }, () => act(owner, 'reopenProject', { id })))
    expect(said.sort()).toEqual(['DRAFT', ...Array(9).fill('INVALID_STATE_TRANSITION')])
    expect((await world.published(projectReopened)).filter(about(id))).toHaveLength(1)
  })
})
