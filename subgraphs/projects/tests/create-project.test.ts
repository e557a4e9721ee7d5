import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectCreated } from '../contract.ts'
import { projectMembers, projects } from '../tables.ts'
import {
  about,
  act,
  announce,
  domains,
  everything,
  guestOf,
  placesOf,
  projectOf,
  publishedEvent,
  start,
  team,
  transition,
  updateEvent,
  whileLocked,
} from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

const title = 'Solar Oven'

describe('createProject', () => {
  it('starts a project in an event: the caller owns it, and the others hear of it', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization, { maxTeamSize: 3 })
    const person = await guestOf(world, eventId)
    const { project } = await person.mutate<{ project: { id: string } }>(
      'createProject',
      {
        eventId,
        title: ' Solar Oven ',
        summary: ' Bakes bread. ',
        repositoryUrl: ' https://git.example/oven ',
      },
      'project { id title summary repositoryUrl demoUrl status version submittedAt submission { title } members { id role user { id } } event { id } organization { id } history { to } }',
    )
    expect(project).toEqual({
      id: expect.stringMatching(/^prj_/),
      title: 'Solar Oven',
      summary: 'Bakes bread.',
      repositoryUrl: 'https://git.example/oven',
      demoUrl: null,
      status: 'DRAFT',
      version: 1,
      submittedAt: null,
      submission: null,
      members: [{ id: expect.stringMatching(/^prm_/), role: 'OWNER', user: { id: person.userId } }],
      event: { id: eventId },
      organization: { id: organization.id },
      history: [],
    })
    expect(await projectOf(world, project.id)).toMatchObject({ memberCount: 1, memberLimit: 3 })
    expect((await world.published(projectCreated)).filter(about(project.id))).toEqual([
      {
        projectId: project.id,
        projectTitle: 'Solar Oven',
        eventId,
        organizationId: organization.id,
        memberIds: [person.userId],
        status: 'DRAFT',
        version: 1,
        stage: 'CHALLENGE',
        trackIds: [],
        submittedAt: null,
        submission: null,
        collaboratorIds: [],
        seenBy: 'TEAM',
        actorId: person.userId,
      },
    ])
  })

  it('starts a project of an organization, and as many as one likes', async () => {
    const organization = world.organization()
    const member = organization.as('MEMBER')
    const { id } = await start(member, { organizationId: organization.id })
    await start(member, { organizationId: organization.id })
    expect(await projectOf(world, id)).toMatchObject({
      eventId: null,
      organizationId: organization.id,
      memberLimit: 50,
    })
    expect(await placesOf(world, id)).toEqual([
      expect.objectContaining({ userId: member.userId, role: 'OWNER', teamEventId: null }),
    ])
  })

  it('is refused for every reason of the contract, and leaves nothing', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization, { capacity: 2 })
    const guest = await guestOf(world, eventId)
    const teamed = await guestOf(world, eventId)
    await start(teamed, { eventId })
    const waitlisted = await guestOf(world, eventId)
    const hidden = await publishedEvent(world, organization, { visibility: 'ORGANIZATION' })
    const judged = await publishedEvent(world, organization)
    const late = await guestOf(world, judged)
    await transition(world, organization, judged, 'IN_PROGRESS', 'JUDGING')
    const before = await everything(world)

    const create = (person: typeof guest, input: object) =>
      act(person, 'createProject', { eventId, title, ...input })
    expect(await create(teamed, {})).toBe('ALREADY_IN_TEAM')
    expect(await create(waitlisted, {})).toBe('NOT_A_PARTICIPANT')
    expect(await create(world.person(), {})).toBe('NOT_A_PARTICIPANT')
    expect(await create(late, { eventId: judged })).toBe('EVENT_NOT_RUNNING')
    expect(await create(guest, { eventId: hidden })).toBe('NOT_FOUND')
    expect(await create(guest, { eventId: 'nonsense' })).toBe('NOT_FOUND')
    expect(await create(guest, { eventId: organization.id })).toBe('NOT_FOUND')
    expect(await create(guest, { organizationId: organization.id })).toBe('INVALID_VALUE')
    expect(await create(guest, { eventId: null })).toBe('INVALID_VALUE')
    expect(await create(guest, { title: '  ' })).toBe('TOO_SHORT')
    expect(await create(guest, { title: 'x'.repeat(201) })).toBe('TOO_LONG')
    expect(await create(guest, { summary: 'x'.repeat(10_001) })).toBe('TOO_LONG')
    expect(await create(guest, { summary: 'a\0b' })).toBe('INVALID_VALUE')
    expect(await create(guest, { demoUrl: 'javascript:alert(1)' })).toBe('INVALID_URL')
    expect(await everything(world)).toEqual(before)
    expect(await create(guest, {})).toBe('DRAFT')
  })

  it('is denied to nobody in particular and, in an organization, to whoever may not write there', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization)
    const before = await everything(world)
    const own = { organizationId: organization.id, title }
    expect(await act(world.anonymous, 'createProject', { eventId, title })).toBe('UNAUTHENTICATED')
    for (const person of [organization.as('GUEST'), world.person(), world.organization().as('OWNER')]) {
      expect(await act(person, 'createProject', own)).toBe('FORBIDDEN')
    }
    expect(await act(world.person(), 'createProject', { organizationId: 'constructor', title })).toBe(
      'FORBIDDEN',
    )
    expect(await everything(world)).toEqual(before)
  })

  it('asks events for what it has not heard of', async () => {
    const other = await createWorld(domains)
    try {
      const organization = other.organization()
      const eventId = await publishedEvent(other, organization)
      await other.host.database.sql`delete from projects.event_terms`
      expect((await start(await guestOf(other, eventId), { eventId })).status).toBe('DRAFT')
    } finally {
      await other.close()
    }
  })

  it('goes by what the event allows now', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization, { maxTeamSize: 2 })
    await updateEvent(world, organization, eventId, { maxTeamSize: 4 })
    const { id } = await start(await guestOf(world, eventId), { eventId })
    expect(await projectOf(world, id)).toMatchObject({ memberLimit: 4 })
  })

  it('answers the same for the same key, also to rivals', async () => {
    const eventId = await publishedEvent(world, world.organization())
    const person = await guestOf(world, eventId)
    const input = { eventId, idempotencyKey: 'once' }
    const all = await Promise.all(Array.from({ length: 8 }, () => start(person, input)))
    const again = await start(person, input)
    expect(new Set([...all, again].map(({ id }) => id)).size).toBe(1)
    expect((await world.published(projectCreated)).filter(about(again.id))).toHaveLength(1)
    expect(await act(person, 'createProject', { ...input, title: 'Another' })).toBe('IDEMPOTENCY_KEY_REUSED')
  })
})

describe('one person, one team', () => {
  it('holds when somebody starts ten at once', async () => {
    const eventId = await publishedEvent(world, world.organization())
    const person = await guestOf(world, eventId)
    const said = await Promise.all(
      Array.from({ length: 10 }, (_, n) => act(person, 'createProject', { eventId, title: `Idea ${n}` })),
    )
    expect(said.sort()).toEqual([...Array(9).fill('ALREADY_IN_TEAM'), 'DRAFT'])
    expect(await world.rows(projects, eq(projects.eventId, eventId))).toHaveLength(1)
    expect((await world.published(projectCreated)).filter((told) => told.eventId === eventId)).toHaveLength(1)
  })

  it('holds when several teams take the same person while they start their own', async () => {
    const { eventId, owner, id } = await team(world)
    const rival = await guestOf(world, eventId)
    const other = await start(rival, { eventId })
    const wanted = await guestOf(world, eventId)
    const { userId } = wanted
    const said = await Promise.all([
      act(owner, 'addProjectMember', { projectId: id, userId }),
      act(rival, 'addProjectMember', { projectId: other.id, userId }),
      act(wanted, 'createProject', { eventId, title }),
    ])
    expect(said.sort()).toEqual(['ALREADY_IN_TEAM', 'ALREADY_IN_TEAM', 'DRAFT'])
    expect(await world.rows(projectMembers, eq(projectMembers.userId, userId))).toHaveLength(1)
    for (const one of await world.rows(projects, eq(projects.eventId, eventId))) {
      expect(await placesOf(world, one.id)).toHaveLength(one.memberCount)
    }
  })

  it('holds per event: another event is another team', async () => {
    const { owner, organization } = await team(world)
    const elsewhere = await publishedEvent(world, organization)
    await guestOf(world, elsewhere, owner)
    expect((await start(owner, { eventId: elsewhere })).status).toBe('DRAFT')
  })
})

it('no project is started behind the back of an event that is called off meanwhile', async () => {
  const organization = world.organization()
  const eventId = await publishedEvent(world, organization)
  const person = await guestOf(world, eventId)
  const input = { eventId, title, idempotencyKey: 'held up' }
  const said = await whileLocked(
    world,
    // Holds the key, so that the command waits between its checks and its effect.
    (sql) => sql`
      insert into projects.idempotency (actor, operation, key, input_hash, created_at)
      values (${person.userId}, 'createProject', 'held up', '', now())`,
    () => act(person, 'createProject', input),
    async () => {
      await announce(organization, eventId, 'CANCELLED')
      await world.settle()
    },
  )
  expect(said).toBe('EVENT_NOT_RUNNING')
  expect(await world.rows(projects, eq(projects.eventId, eventId))).toEqual([])
})
