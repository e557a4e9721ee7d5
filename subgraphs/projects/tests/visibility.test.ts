import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { act, domains, guestOf, placesOf, publishedEvent, start, team, transition } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

interface Listed {
  projects: { nodes: { id: string }[]; totalCount: number }
}

/** On which of all ways somebody comes upon a project. */
async function waysTo(person: Person, id: string, organizationId: string, eventId?: string) {
  const { data } = await person.run<{ project: object | null }>(
    'query ($id: ID!) { project(id: $id) { id } }',
    { id },
  )
  const [place] = await placesOf(world, id)
  const list = async (typename: string, parentId: string) => {
    const parent = await person.entity<Listed>(
      'projects',
      typename,
      parentId,
      'projects { nodes { id } totalCount }',
    )
    const isListed = parent?.projects.nodes.some((node) => node.id === id) === true
    // A count gives away no more than the list.
    expect(parent?.projects.totalCount).toBe(parent?.projects.nodes.length)
    return isListed
  }
  const ways = {
    project: data.project !== null,
    reference: (await person.entity('projects', 'Project', id, 'id')) !== null,
    member: (await person.entity('projects', 'ProjectMember', place?.id ?? '', 'user { id }')) !== null,
    event: eventId !== undefined && (await list('Event', eventId)),
    organization: await list('Organization', organizationId),
  }
  return Object.entries(ways)
    .filter(([, isOpen]) => isOpen)
    .map(([way]) => way)
}

const everyWay = ['project', 'reference', 'member', 'event', 'organization']

describe('a project of an event', () => {
  it('is seen by its team and by managers alone while it is a draft, and once it was given up', async () => {
    const { owner, members, organization, eventId, id } = await team(world, { size: 2 })
    const rival = await guestOf(world, eventId)
    const look = (person: Person) => waysTo(person, id, organization.id, eventId)
    const insiders = [
      owner,
      ...members,
      organization.as('ORGANIZER'),
      organization.as('OWNER'),
      world.service,
    ]
    const outsiders = [
      rival,
      world.person(),
      world.anonymous,
      organization.as('MEMBER'),
      organization.as('GUEST'),
      world.organization().as('OWNER'),
    ]
    const check = async () => {
      for (const person of insiders) expect(await look(person)).toEqual(everyWay)
      for (const person of outsiders) expect(await look(person)).toEqual([])
    }
    await check()
    await act(owner, 'submitProject', { id })
    for (const person of [...insiders, ...outsiders]) expect(await look(person)).toEqual(everyWay)
    await act(owner, 'reopenProject', { id })
    await check()
    await act(owner, 'withdrawProject', { id })
    await check()
  })

  it('stays in the open while it is judged and when the event is over', async () => {
    const { owner, organization, eventId, id } = await team(world)
    await act(owner, 'submitProject', { id })
    for (const step of ['IN_PROGRESS', 'JUDGING', 'COMPLETED', 'ARCHIVED']) {
      await transition(world, organization, eventId, step)
      expect(await waysTo(world.anonymous, id, organization.id, eventId)).toEqual(everyWay)
    }
  })

  it('stays inside an event of the organization', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization, { visibility: 'ORGANIZATION' })
    const owner = await guestOf(world, eventId, organization.as('GUEST'))
    const { id } = await start(owner, { eventId })
    await act(owner, 'submitProject', { id })
    const look = (person: Person) => waysTo(person, id, organization.id, eventId)
    for (const person of [owner, organization.as('MEMBER'), organization.as('GUEST')]) {
      expect(await look(person)).toEqual(everyWay)
    }
    for (const person of [world.person(), world.anonymous, world.organization().as('OWNER')]) {
      expect(await look(person)).toEqual([])
    }
  })

  it('does not give an unlisted event away', async () => {
    const { owner, organization, eventId, id } = await team(world, { event: { visibility: 'UNLISTED' } })
    await act(owner, 'submitProject', { id })
    const look = (person: Person) => waysTo(person, id, organization.id, eventId)
    for (const person of [owner, organization.as('GUEST'), world.service]) {
      expect(await look(person)).toEqual(everyWay)
    }
    for (const person of [world.person(), world.anonymous, world.organization().as('OWNER')]) {
      expect(await look(person)).toEqual(['project', 'reference', 'member', 'event'])
    }
  })

  it('is no longer seen by whoever left the team', async () => {
    const { owner, organization, eventId, id } = await team(world, { size: 2 })
    await act(owner, 'leaveProject', { projectId: id })
    expect(await waysTo(owner, id, organization.id, eventId)).toEqual([])
  })
})

describe('a project of an organization', () => {
  it('is seen by its members, whatever its status, by its team, and by nobody else', async () => {
    const organization = world.organization()
    const owner = organization.as('MEMBER')
    const guest = world.person()
    const { id } = await start(owner, { organizationId: organization.id })
    await act(owner, 'addProjectMember', { projectId: id, userId: guest.userId })
    const look = (person: Person) => waysTo(person, id, organization.id)
    for (const step of ['updateProject', 'submitProject']) {
      await act(owner, step, { id })
      for (const person of [owner, guest, organization.as('MEMBER'), organization.as('ORGANIZER')]) {
        expect(await look(person)).toEqual(everyWay.filter((way) => way !== 'event'))
      }
      for (const person of [world.person(), world.anonymous, world.organization().as('OWNER')]) {
        expect(await look(person)).toEqual([])
      }
    }
  })
})

describe('ids that are none of ours', () => {
  it.each(['nonsense', '', 'evt_01h455vb4pex5vsknk084sn02q', 'prj_01h455vb4pex5vsknk084sn02q'])(
    '%j is no project',
    async (id) => {
      const { data, errors } = await world.service.run('query ($id: ID!) { project(id: $id) { id } }', { id })
      expect([data, errors]).toEqual([{ project: null }, []])
      expect(await world.service.entity('projects', 'Project', id, 'id')).toBeNull()
      expect(await world.service.entity('projects', 'ProjectMember', id, 'id')).toBeNull()
    },
  )
})

describe('a user', () => {
  it('sees their own projects, the latest to join on top, and nobody else does', async () => {
    const { owner, organization, id } = await team(world)
    world.clock.advance(1_000)
    const elsewhere = await publishedEvent(world, organization)
    await guestOf(world, elsewhere, owner)
    const later = await start(owner, { eventId: elsewhere })
    const ofOwner = (person: Person) => person.entity('projects', 'User', owner.userId, 'projects { id }')
    expect(await ofOwner(owner)).toEqual({ projects: [{ id: later.id }, { id }] })
    for (const person of [organization.as('OWNER'), world.person(), world.anonymous]) {
      expect(await ofOwner(person)).toEqual({ projects: null })
    }
  })
})
