import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { captainChanged, joinRequestAnswered, joinRequestMade } from '../contract.ts'
import { joinRequests } from '../tables.ts'
import { about, act, domains, everything, guestOf, placesOf, publishedEvent, start, team } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

const rolesOf = async (id: string) =>
  (await placesOf(world, id)).map(({ userId, role }) => `${role} ${userId}`)

interface Request {
  id: string
  status: string
}

/** The request's id, or else the first code that was said. */
async function ask(person: Person, projectId: string, message = 'May I?'): Promise<string> {
  const { joinRequest, userErrors } = await person.mutate<{ joinRequest: Request | null }>(
    'requestToJoin',
    { projectId, message },
    'joinRequest { id status }',
  )
  return joinRequest?.id ?? userErrors[0]?.code ?? 'nothing'
}

async function answer(person: Person, id: string, isAccepted: boolean): Promise<string> {
  const type = 'AnswerJoinRequestInput!'
  const { data, errors } = await person.run<{
    answerJoinRequest: { joinRequest: Request | null; userErrors: { code: string }[] }
  } | null>(
    `mutation ($input: ${type}) { answerJoinRequest(input: $input) { joinRequest { id status } userErrors { code } } }`,
    { input: { id, isAccepted } },
  )
  const said = data?.answerJoinRequest
  return errors[0]?.code ?? said?.userErrors[0]?.code ?? said?.joinRequest?.status ?? 'nothing'
}

const boardOf = async (person: Person, eventId: string, args = '') =>
  (
    await person.entity<{ openTeams: { nodes: { id: string }[]; totalCount: number } | null }>(
      'projects',
      'Event',
      eventId,
      `openTeams${args} { nodes { id title lookingFor tags memberCount memberLimit } totalCount }`,
    )
  )?.openTeams

const open = (owner: Person, id: string) => act(owner, 'updateProjectSettings', { id, isOpenToJoin: true })

describe('transferCaptain', () => {
  it('makes another member the owner, and tells', async () => {
    const { owner, members, organization, id } = await team(world, { size: 3 })
    const [first, second] = members.map(({ userId }) => userId)
    expect(await act(owner, 'transferCaptain', { projectId: id, userId: second })).toBe('DRAFT')
    expect(await rolesOf(id)).toEqual([`MEMBER ${owner.userId}`, `MEMBER ${first}`, `OWNER ${second}`])
    expect((await world.published(captainChanged)).filter(about(id))).toMatchObject([
      { userId: second, fromUserId: owner.userId, actorId: owner.userId, version: 4 },
    ])
    const manager = organization.as('ORGANIZER')
    expect(await act(manager, 'transferCaptain', { projectId: id, userId: first })).toBe('DRAFT')
    const { data } = await owner.run('query ($id: ID!) { project(id: $id) { owner { id } } }', { id })
    expect(data).toEqual({ project: { owner: { id: first } } })
  })

  it('is refused and denied for every reason, and leaves nothing', async () => {
    const { owner, members, id } = await team(world, { size: 2 })
    const before = await everything(world)
    const to = (person: Person, userId: string | undefined) =>
      act(person, 'transferCaptain', { projectId: id, userId })
    expect(await to(owner, owner.userId)).toBe('ALREADY_OWNER')
    expect(await to(owner, world.person().userId)).toBe('NOT_A_MEMBER')
    expect(await to(owner, 'nonsense')).toBe('NOT_A_MEMBER')
    expect(await to(members[0] ?? owner, members[0]?.userId)).toBe('FORBIDDEN')
    expect(await to(world.person(), owner.userId)).toBe('NOT_FOUND')
    expect(await to(world.anonymous, owner.userId)).toBe('UNAUTHENTICATED')
    expect(await everything(world)).toEqual(before)
  })

  it('leaves one owner, however many are made at once', async () => {
    const { owner, members, organization, id } = await team(world, { size: 4 })
    const managers = [organization.as('ORGANIZER'), organization.as('ADMIN'), organization.as('OWNER'), owner]
    const said = await Promise.all(
      [...managers, ...managers].map((person, n) =>
        act(person, 'transferCaptain', { projectId: id, userId: members[n % 3]?.userId }),
      ),
    )
    expect(new Set(said).isSubsetOf(new Set(['DRAFT', 'ALREADY_OWNER', 'FORBIDDEN']))).toBe(true)
    expect((await placesOf(world, id)).filter(({ role }) => role === 'OWNER')).toHaveLength(1)
  })
})

describe('settings', () => {
  it('say whether members take people in', async () => {
    const { owner, members, eventId, id } = await team(world, { size: 2 })
    const [member] = members
    if (!member) throw new Error('a team of two')
    const add = async () =>
      act(member, 'addProjectMember', { projectId: id, userId: (await guestOf(world, eventId)).userId })
    expect(await add()).toBe('FORBIDDEN')
    expect(await act(member, 'updateProjectSettings', { id, canMembersInvite: true })).toBe('FORBIDDEN')
    expect(await act(owner, 'updateProjectSettings', { id, canMembersInvite: true })).toBe('DRAFT')
    expect(await add()).toBe('DRAFT')
    expect(await act(owner, 'updateProjectSettings', { id, expectedVersion: 1 })).toBe('VERSION_CONFLICT')
    expect(await act(owner, 'updateProjectSettings', { id, visibility: 'PUBLIC' })).toBe('INVALID_VALUE')
  })

  it('say who sees a project without an event', async () => {
    const organization = world.organization()
    const owner = organization.as('MEMBER')
    const { id } = await start(owner, { organizationId: organization.id })
    const sees = async (person: Person) => (await person.entity('projects', 'Project', id, 'id')) !== null
    const [colleague, manager] = [organization.as('MEMBER'), organization.as('ORGANIZER')]
    const look = () => Promise.all([owner, manager, colleague, world.person(), world.anonymous].map(sees))
    expect(await look()).toEqual([true, true, true, false, false])
    await act(owner, 'updateProjectSettings', { id, visibility: 'TEAM' })
    expect(await look()).toEqual([true, true, false, false, false])
    await act(owner, 'updateProjectSettings', { id, visibility: 'PUBLIC' })
    expect(await look()).toEqual([true, true, true, true, true])
    await act(owner, 'withdrawProject', { id })
    expect(await look()).toEqual([true, true, true, false, false])
  })
})

describe('Event.openTeams', () => {
  it('shows participants and managers who looks for members and has a place left', async () => {
    const { owner, organization, eventId, id } = await team(world, { event: { maxTeamSize: 2 } })
    const guest = await guestOf(world, eventId)
    expect(await boardOf(guest, eventId)).toEqual({ nodes: [], totalCount: 0 })
    await open(owner, id)
    await act(owner, 'updateProject', { id, lookingFor: 'A baker.', tags: ['solar'] })
    const shown = {
      nodes: [
        { id, title: 'Solar Oven', lookingFor: 'A baker.', tags: ['solar'], memberCount: 1, memberLimit: 2 },
      ],
      totalCount: 1,
    }
    for (const person of [guest, owner, organization.as('ORGANIZER')]) {
      expect(await boardOf(person, eventId)).toEqual(shown)
    }
    for (const person of [world.person(), organization.as('MEMBER'), world.anonymous]) {
      expect(await boardOf(person, eventId)).toBeNull()
    }
    expect((await boardOf(guest, eventId, '(tag: "Solar")'))?.totalCount).toBe(1)
    expect((await boardOf(guest, eventId, '(tag: "wind")'))?.totalCount).toBe(0)
    await act(owner, 'addProjectMember', { projectId: id, userId: (await guestOf(world, eventId)).userId })
    expect(await boardOf(guest, eventId)).toEqual({ nodes: [], totalCount: 0 })
    expect(await guest.entity('projects', 'Project', id, 'id')).toBeNull()
  })
})

describe('a request to join', () => {
  it('is made to an open team and answered once, by who may take people in', async () => {
    const { owner, members, eventId, organization, id } = await team(world, { size: 2 })
    await open(owner, id)
    const guest = await guestOf(world, eventId)
    const requestId = await ask(guest, id)
    expect((await world.published(joinRequestMade)).filter(about(id))).toMatchObject([
      { requestId, userId: guest.userId },
    ])
    const rows = (person: Person) => person.entity('projects', 'ProjectJoinRequest', requestId, 'id message')
    for (const person of [guest, owner, ...members, organization.as('ORGANIZER')]) {
      expect(await rows(person)).toEqual({ id: requestId, message: 'May I?' })
    }
    for (const person of [await guestOf(world, eventId), organization.as('MEMBER'), world.anonymous]) {
      expect(await rows(person)).toBeNull()
      expect(await answer(person, requestId, true)).toBe(
        person === world.anonymous ? 'UNAUTHENTICATED' : 'NOT_FOUND',
      )
    }
    for (const person of [guest, ...members]) {
      expect(await answer(person, requestId, true)).toBe('FORBIDDEN')
    }
    expect(await answer(owner, requestId, true)).toBe('ACCEPTED')
    expect(await answer(owner, requestId, false)).toBe('ALREADY_ANSWERED')
    expect(await rolesOf(id)).toContain(`MEMBER ${guest.userId}`)
    expect((await world.published(joinRequestAnswered)).filter(about(id))).toMatchObject([
      { requestId, userId: guest.userId, isAccepted: true },
    ])
  })

  it('is refused for every reason, and leaves nothing', async () => {
    const { owner, eventId, id } = await team(world)
    const guest = await guestOf(world, eventId)
    expect(await ask(guest, id)).toBe('NOT_FOUND')
    await open(owner, id)
    const before = await world.rows(joinRequests)
    expect(await ask(world.person(), id)).toBe('NOT_FOUND')
    expect(await ask(owner, id)).toBe('ALREADY_IN_TEAM')
    expect(await ask(guest, 'nonsense')).toBe('NOT_FOUND')
    expect(await ask(guest, id, 'x'.repeat(1_001))).toBe('TOO_LONG')
    expect(await world.rows(joinRequests)).toEqual(before)
    const twice = await Promise.all(Array.from({ length: 6 }, () => ask(guest, id)))
    expect(twice.filter((word) => word === 'ALREADY_REQUESTED')).toHaveLength(5)
    await act(owner, 'submitProject', { id })
    expect(await ask(await guestOf(world, eventId), id)).toBe('TEAM_NOT_OPEN')
  })

  it('is off the table once the person is in a team, and when they take it back', async () => {
    const { owner, eventId, id } = await team(world)
    const rival = await guestOf(world, eventId)
    const other = await start(rival, { eventId })
    const guest = await guestOf(world, eventId)
    await open(owner, id)
    await open(rival, other.id)
    const [here, there] = [await ask(guest, id), await ask(guest, other.id)]
    expect(await answer(owner, here, true)).toBe('ACCEPTED')
    expect(await answer(rival, there, true)).toBe('ALREADY_IN_TEAM')
    expect(await answer(rival, there, false)).toBe('ALREADY_ANSWERED')
    const [row] = await world.rows(joinRequests, eq(joinRequests.id, there))
    expect(row?.status).toBe('WITHDRAWN')
    const later = await guestOf(world, eventId)
    const third = await ask(later, id)
    const withdraw = (person: Person) =>
      person.mutate('withdrawJoinRequest', { id: third }, 'joinRequest { status }')
    expect((await withdraw(owner)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
    expect(await withdraw(later)).toMatchObject({ joinRequest: { status: 'WITHDRAWN' } })
    expect(await answer(owner, third, true)).toBe('ALREADY_ANSWERED')
    expect(await placesOf(world, id)).toHaveLength(2)
  })

  it('answered by two teams at once leads into one, and no more get in than there are places', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization, { maxTeamSize: 3 })
    const captains = await Promise.all(Array.from({ length: 3 }, () => guestOf(world, eventId)))
    const teams = await Promise.all(captains.map((captain) => start(captain, { eventId })))
    for (const [n, captain] of captains.entries()) await open(captain, teams[n]?.id ?? '')
    const guests = await Promise.all(Array.from({ length: 8 }, () => guestOf(world, eventId)))
    const asked: (() => Promise<string>)[] = []
    for (const guest of guests) {
      for (const [n, captain] of captains.entries()) {
        const requestId = await ask(guest, teams[n]?.id ?? '')
        asked.push(() => answer(captain, requestId, true))
      }
    }
    const said = await Promise.all(asked.map((go) => go()))
    expect(said.filter((word) => word === 'ACCEPTED')).toHaveLength(6)
    expect(
      new Set(said).isSubsetOf(new Set(['ACCEPTED', 'TEAM_FULL', 'ALREADY_IN_TEAM', 'ALREADY_ANSWERED'])),
    ).toBe(true)
    for (const { id } of teams) expect(await placesOf(world, id)).toHaveLength(3)
  })
})
