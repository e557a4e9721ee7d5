import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectMemberJoined, projectMemberLeft } from '../contract.ts'
import {
  about,
  act,
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
} from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

const rolesOf = async (id: string) =>
  (await placesOf(world, id)).map(({ userId, role }) => `${role} ${userId}`)

describe('addProjectMember', () => {
  it('takes a participant in: a place, a count, an event', async () => {
    const { owner, eventId, id } = await team(world)
    const person = await guestOf(world, eventId)
    expect(await act(owner, 'addProjectMember', { projectId: id, userId: person.userId })).toBe('DRAFT')
    expect(await rolesOf(id)).toEqual([`OWNER ${owner.userId}`, `MEMBER ${person.userId}`])
    expect(await projectOf(world, id)).toMatchObject({ memberCount: 2, version: 2 })
    expect((await world.published(projectMemberJoined)).filter(about(id))).toEqual([
      expect.objectContaining({
        userId: person.userId,
        role: 'MEMBER',
        memberIds: [owner.userId, person.userId],
        actorId: owner.userId,
        version: 2,
      }),
    ])
  })

  it('is also for managers, and in a project of the organization for anybody', async () => {
    const { organization, eventId, id } = await team(world)
    const person = await guestOf(world, eventId)
    expect(
      await act(organization.as('ORGANIZER'), 'addProjectMember', { projectId: id, userId: person.userId }),
    ).toBe('DRAFT')
    const owner = organization.as('MEMBER')
    const own = await start(owner, { organizationId: organization.id })
    const userId = world.person().userId
    expect(await act(owner, 'addProjectMember', { projectId: own.id, userId })).toBe('DRAFT')
    expect(await act(owner, 'addProjectMember', { projectId: own.id, userId })).toBe('ALREADY_IN_TEAM')
    expect(await act(owner, 'addProjectMember', { projectId: own.id, userId: 'nonsense' })).toBe('NOT_FOUND')
    expect(await act(owner, 'addProjectMember', { projectId: own.id, userId: own.id })).toBe('NOT_FOUND')
  })

  it('is refused for every reason of the contract, and leaves nothing', async () => {
    const { owner, members, eventId, id } = await team(world, { size: 2, event: { maxTeamSize: 2 } })
    const { userId } = await guestOf(world, eventId)
    const elsewhere = await team(world, { size: 2 })
    const submitted = await team(world)
    const late = await guestOf(world, submitted.eventId)
    await act(submitted.owner, 'submitProject', { id: submitted.id })
    const judged = await team(world)
    const { userId: tooLate } = await guestOf(world, judged.eventId)
    await transition(world, judged.organization, judged.eventId, 'IN_PROGRESS', 'JUDGING')
    const before = await everything(world)

    const add = (input: object) => act(owner, 'addProjectMember', { projectId: id, userId, ...input })
    expect(await add({})).toBe('TEAM_FULL')
    expect(await add({ userId: members[0]?.userId })).toBe('ALREADY_IN_TEAM')
    expect(await add({ userId: world.person().userId })).toBe('NOT_A_PARTICIPANT')
    expect(await add({ userId: elsewhere.owner.userId })).toBe('NOT_A_PARTICIPANT')
    expect(await add({ userId: 'nonsense' })).toBe('NOT_FOUND')
    expect(await add({ projectId: elsewhere.id })).toBe('NOT_FOUND')
    expect(await add({ projectId: eventId })).toBe('NOT_FOUND')
    expect(
      await act(submitted.owner, 'addProjectMember', { projectId: submitted.id, userId: late.userId }),
    ).toBe('PROJECT_NOT_EDITABLE')
    expect(await act(judged.owner, 'addProjectMember', { projectId: judged.id, userId: tooLate })).toBe(
      'EVENT_NOT_RUNNING',
    )
    expect(await everything(world)).toEqual(before)
  })

  it('is denied to members, and to whoever sees the project but has no part in it', async () => {
    const { members, eventId, organization, id, owner } = await team(world, { size: 2 })
    const { userId } = await guestOf(world, eventId)
    const own = await start(organization.as('MEMBER'), { organizationId: organization.id })
    await act(owner, 'submitProject', { id })
    const before = await everything(world)
    const callers = [...members, organization.as('MEMBER'), world.person()]
    for (const person of callers) {
      expect(await act(person, 'addProjectMember', { projectId: id, userId })).toBe('FORBIDDEN')
    }
    expect(await act(organization.as('MEMBER'), 'addProjectMember', { projectId: own.id, userId })).toBe(
      'FORBIDDEN',
    )
    expect(await act(world.anonymous, 'addProjectMember', { projectId: id, userId })).toBe('UNAUTHENTICATED')
    expect(await everything(world)).toEqual(before)
  })

  it('gives the last place to one of two', async () => {
    const { owner, organization, eventId, id } = await team(world, { size: 2, event: { maxTeamSize: 3 } })
    const wanted = [await guestOf(world, eventId), await guestOf(world, eventId)]
    const adders = [owner, organization.as('ORGANIZER')]
    const said = await Promise.all(
      adders.map((adder, n) => act(adder, 'addProjectMember', { projectId: id, userId: wanted[n]?.userId })),
    )
    expect(said.sort()).toEqual(['DRAFT', 'TEAM_FULL'])
    expect(await placesOf(world, id)).toHaveLength(3)
    expect(await projectOf(world, id)).toMatchObject({ memberCount: 3, memberLimit: 3, version: 3 })
    expect((await world.published(projectMemberJoined)).filter(about(id))).toHaveLength(2)
  })

  it('goes by what the event allows now, and puts nobody out', async () => {
    const { owner, organization, eventId, id } = await team(world, { size: 2, event: { maxTeamSize: 2 } })
    const add = async () =>
      act(owner, 'addProjectMember', { projectId: id, userId: (await guestOf(world, eventId)).userId })
    expect(await add()).toBe('TEAM_FULL')
    await updateEvent(world, organization, eventId, { maxTeamSize: 3 })
    expect(await add()).toBe('DRAFT')
    await updateEvent(world, organization, eventId, { maxTeamSize: 1 })
    expect(await add()).toBe('TEAM_FULL')
    expect(await placesOf(world, id)).toHaveLength(3)
    expect(await act(owner, 'submitProject', { id })).toBe('SUBMITTED')
  })
})

describe('removeProjectMember', () => {
  it('takes somebody out, who is free for another team', async () => {
    const { owner, members, eventId, id } = await team(world, { size: 2 })
    const [member] = members
    if (!member) throw new Error('a team of two')
    expect(await act(owner, 'removeProjectMember', { projectId: id, userId: member.userId })).toBe('DRAFT')
    expect(await rolesOf(id)).toEqual([`OWNER ${owner.userId}`])
    expect(await projectOf(world, id)).toMatchObject({ memberCount: 1, version: 3 })
    expect((await world.published(projectMemberLeft)).filter(about(id))).toEqual([
      expect.objectContaining({
        userId: member.userId,
        memberIds: [owner.userId],
        actorId: owner.userId,
        version: 3,
      }),
    ])
    expect((await start(member, { eventId })).status).toBe('DRAFT')
  })

  it('is for managers, too: when the owner goes, whoever has been there longest owns it', async () => {
    const { owner, members, organization, id } = await team(world, { size: 3 })
    const manager = organization.as('ADMIN')
    expect(await act(manager, 'removeProjectMember', { projectId: id, userId: owner.userId })).toBe('DRAFT')
    expect(await rolesOf(id)).toEqual([`OWNER ${members[0]?.userId}`, `MEMBER ${members[1]?.userId}`])
  })

  it('is refused for every reason of the contract, and leaves nothing', async () => {
    const alone = await team(world)
    const submitted = await team(world, { size: 2 })
    await act(submitted.owner, 'submitProject', { id: submitted.id })
    const before = await everything(world)
    const remove = (input: object) =>
      act(alone.owner, 'removeProjectMember', { projectId: alone.id, userId: alone.owner.userId, ...input })
    expect(await remove({})).toBe('LAST_MEMBER')
    expect(await remove({ userId: world.person().userId })).toBe('NOT_A_MEMBER')
    expect(await remove({ userId: 'nonsense' })).toBe('NOT_A_MEMBER')
    expect(await remove({ userId: alone.id })).toBe('NOT_A_MEMBER')
    expect(await remove({ projectId: 'nonsense' })).toBe('NOT_FOUND')
    const userId = submitted.members[0]?.userId
    expect(await act(submitted.owner, 'removeProjectMember', { projectId: submitted.id, userId })).toBe(
      'PROJECT_NOT_EDITABLE',
    )
    expect(await everything(world)).toEqual(before)
  })

  it('is denied to members, and hidden from those who do not see the draft', async () => {
    const { owner, members, organization, id } = await team(world, { size: 2 })
    const before = await everything(world)
    const input = { projectId: id, userId: owner.userId }
    for (const person of members) expect(await act(person, 'removeProjectMember', input)).toBe('FORBIDDEN')
    for (const person of [world.person(), organization.as('MEMBER')]) {
      expect(await act(person, 'removeProjectMember', input)).toBe('NOT_FOUND')
    }
    expect(await act(world.anonymous, 'removeProjectMember', input)).toBe('UNAUTHENTICATED')
    expect(await everything(world)).toEqual(before)
  })
})

describe('leaveProject', () => {
  it('takes the caller out, who no longer sees the draft; the same key gives the same answer', async () => {
    const { owner, members, id } = await team(world, { size: 2 })
    const input = { projectId: id, idempotencyKey: 'bye' }
    expect([await act(owner, 'leaveProject', input), await act(owner, 'leaveProject', input)]).toEqual([
      'GONE',
      'GONE',
    ])
    expect(await act(owner, 'leaveProject', { projectId: id })).toBe('NOT_FOUND')
    expect(await rolesOf(id)).toEqual([`OWNER ${members[0]?.userId}`])
    expect((await world.published(projectMemberLeft)).filter(about(id))).toEqual([
      expect.objectContaining({ userId: owner.userId, actorId: owner.userId }),
    ])
  })

  it('is refused for every reason of the contract, and leaves nothing', async () => {
    const { owner, organization, id } = await team(world)
    const submitted = await team(world, { size: 2 })
    await act(submitted.owner, 'submitProject', { id: submitted.id })
    const before = await everything(world)
    expect(await act(owner, 'leaveProject', { projectId: id })).toBe('LAST_MEMBER')
    expect(await act(organization.as('ORGANIZER'), 'leaveProject', { projectId: id })).toBe('NOT_A_MEMBER')
    expect(await act(world.person(), 'leaveProject', { projectId: id })).toBe('NOT_FOUND')
    expect(await act(submitted.owner, 'leaveProject', { projectId: submitted.id })).toBe(
      'PROJECT_NOT_EDITABLE',
    )
    expect(await act(world.anonymous, 'leaveProject', { projectId: id })).toBe('UNAUTHENTICATED')
    expect(await everything(world)).toEqual(before)
  })

  it('lets one of two go when both leave at once; the other owns it', async () => {
    const { owner, members, id } = await team(world, { size: 2 })
    const both = [owner, ...members]
    const said = await Promise.all(both.map((person) => act(person, 'leaveProject', { projectId: id })))
    expect([...said].sort()).toEqual(['GONE', 'LAST_MEMBER'])
    const stayed = both[said.indexOf('LAST_MEMBER')]
    expect(await rolesOf(id)).toEqual([`OWNER ${stayed?.userId}`])
    expect(await projectOf(world, id)).toMatchObject({ memberCount: 1, version: 3 })
    expect((await world.published(projectMemberLeft)).filter(about(id))).toHaveLength(1)
  })

  it('lets a free place be taken while another is given up, without losing count', async () => {
    const { owner, members, eventId, id } = await team(world, { size: 4, event: { maxTeamSize: 4 } })
    const next = await Promise.all(Array.from({ length: 4 }, () => guestOf(world, eventId)))
    const said = await Promise.all([
      ...members.map((person) => act(person, 'leaveProject', { projectId: id })),
      ...next.map(({ userId }) => act(owner, 'addProjectMember', { projectId: id, userId })),
    ])
    const added = said.slice(3).filter((what) => what === 'DRAFT').length
    expect(said.slice(0, 3)).toEqual(['GONE', 'GONE', 'GONE'])
    expect(await placesOf(world, id)).toHaveLength(1 + added)
    expect(await projectOf(world, id)).toMatchObject({ memberCount: 1 + added })
  })
})

it('whoever loses the seat in the event stays in the team; the organizers decide', async () => {
  const organization = world.organization()
  const eventId = await publishedEvent(world, organization)
  const owner = world.person()
  const { registration } = await owner.mutate<{ registration: { id: string } }>(
    'registerForEvent',
    { eventId },
    'registration { id }',
  )
  const { id } = await start(owner, { eventId })
  await owner.mutate('withdrawRegistration', { id: registration.id }, 'registration { id }')
  await world.settle()
  expect(await rolesOf(id)).toEqual([`OWNER ${owner.userId}`])
})
