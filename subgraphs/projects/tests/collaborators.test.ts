import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collaboratorAdded, collaboratorRemoved } from '../contract.ts'
import { projectCollaborators } from '../tables.ts'
import { about, act, domains, everything, guestOf, placesOf, projectOf, team } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

const add = (by: Person, projectId: string, person: { userId: string }, role = 'VIEWER') =>
  act(by, 'addCollaborator', { projectId, userId: person.userId, role })

const remove = (by: Person, projectId: string, person: { userId: string }) =>
  act(by, 'removeCollaborator', { projectId, userId: person.userId })

describe('a collaborator', () => {
  it('sees drafts and what was ever handed in, but is no member and hands nothing in', async () => {
    const { owner, organization, id } = await team(world, { event: { maxTeamSize: 1 } })
    await act(owner, 'submitProject', { id })
    await act(owner, 'reopenProject', { id })
    const friend = world.person()
    expect(await add(owner, id, friend)).toBe('DRAFT')
    const fields =
      'title joinCode members { user { id } } submissions { number } collaborators { role user { id } }'
    expect(await friend.entity('projects', 'Project', id, fields)).toEqual({
      title: 'Solar Oven',
      joinCode: null,
      members: [{ user: { id: owner.userId } }],
      submissions: [{ number: 1 }],
      collaborators: [{ role: 'VIEWER', user: { id: friend.userId } }],
    })
    for (const mutation of ['submitProject', 'updateProject', 'withdrawProject', 'advanceProject']) {
      expect(await act(friend, mutation, { id })).toBe('FORBIDDEN')
    }
    expect(await projectOf(world, id)).toMatchObject({ memberCount: 1, status: 'DRAFT' })
    expect((await world.published(collaboratorAdded)).filter(about(id))).toMatchObject([
      { userId: friend.userId, role: 'VIEWER', memberIds: [owner.userId] },
    ])
    const [row] = await world.rows(projectCollaborators, eq(projectCollaborators.projectId, id))
    const seenBy = (person: Person) => person.entity('projects', 'ProjectCollaborator', row?.id ?? '', 'role')
    for (const person of [owner, friend, organization.as('ORGANIZER')]) {
      expect(await seenBy(person)).toEqual({ role: 'VIEWER' })
    }
    await act(owner, 'submitProject', { id })
    for (const person of [world.person(), organization.as('MEMBER'), world.anonymous]) {
      expect(await seenBy(person)).toBeNull()
      expect(await person.entity('projects', 'Project', id, 'collaborators { role }')).toEqual({
        collaborators: null,
      })
    }
  })

  it('goes when the team says so, or by themselves, and then sees nothing', async () => {
    const { owner, id } = await team(world)
    const [one, other] = [world.person(), world.person()]
    await add(owner, id, one)
    await add(owner, id, other)
    expect(await remove(one, id, other)).toBe('FORBIDDEN')
    expect(await remove(one, id, one)).toBe('GONE')
    expect(await remove(owner, id, other)).toBe('DRAFT')
    expect(await remove(owner, id, other)).toBe('NOT_A_COLLABORATOR')
    expect(await remove(other, id, other)).toBe('NOT_FOUND')
    expect(await one.entity('projects', 'Project', id, 'id')).toBeNull()
    expect((await world.published(collaboratorRemoved)).filter(about(id))).toHaveLength(2)
  })

  it('as a mentor is one of the event', async () => {
    const { owner, organization, eventId, id } = await team(world)
    const mentor = world.person()
    expect(await add(owner, id, mentor, 'MENTOR')).toBe('NOT_A_MENTOR')
    await organization
      .as('OWNER')
      .mutate('grantEventRoles', { eventId, userId: mentor.userId, roles: ['MENTOR'] }, 'membership { id }')
    await world.settle()
    expect(await add(owner, id, mentor, 'MENTOR')).toBe('DRAFT')
  })

  it('becomes a member, and is no collaborator any more', async () => {
    const { owner, eventId, id } = await team(world)
    const friend = await guestOf(world, eventId)
    await add(owner, id, friend)
    expect(await act(owner, 'addProjectMember', { projectId: id, userId: friend.userId })).toBe('DRAFT')
    expect(await add(owner, id, friend)).toBe('ALREADY_IN_TEAM')
    expect(await world.rows(projectCollaborators, eq(projectCollaborators.projectId, id))).toEqual([])
    expect(await placesOf(world, id)).toHaveLength(2)
  })

  it('is refused and denied for every reason, and leaves nothing', async () => {
    const { owner, members, organization, id } = await team(world, { size: 2 })
    const friend = world.person()
    await add(owner, id, friend)
    const before = await everything(world)
    expect(await add(owner, id, friend)).toBe('ALREADY_IN_TEAM')
    expect(await add(owner, id, owner)).toBe('ALREADY_IN_TEAM')
    expect(await add(owner, id, { userId: 'nonsense' })).toBe('NOT_FOUND')
    expect(await add(owner, 'nonsense', friend)).toBe('NOT_FOUND')
    expect(await add(members[0] ?? owner, id, world.person())).toBe('FORBIDDEN')
    expect(await add(friend, id, world.person())).toBe('FORBIDDEN')
    expect(await add(organization.as('MEMBER'), id, friend)).toBe('NOT_FOUND')
    expect(await add(world.anonymous, id, friend)).toBe('UNAUTHENTICATED')
    expect(await everything(world)).toEqual(before)
  })

  it('is one of twenty at most, however many are added at once', async () => {
    const { owner, organization, id } = await team(world)
    const adders = [owner, organization.as('ORGANIZER')]
    const said = await Promise.all(
      Array.from({ length: 30 }, (_, n) => add(adders[n % 2] ?? owner, id, { userId: newId('usr') })),
    )
    expect(said.filter((word) => word === 'DRAFT')).toHaveLength(20)
    expect(said.filter((word) => word === 'TOO_MANY_COLLABORATORS')).toHaveLength(10)
    expect(await world.rows(projectCollaborators, eq(projectCollaborators.projectId, id))).toHaveLength(20)
  })
})
