import { createWorld, type Person, type TestOrganization, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { published } from '../../events/tests/support.ts'
import { type Founded, found, type Member, renewed } from '../../organizations/tests/people.ts'
import { inboxOf } from './support.ts'

let world: World
let organization: Founded
let manager: Member
beforeAll(async () => {
  world = await createWorld()
  organization = await found(world)
  manager = await organization.member('ORGANIZER')
})
afterAll(() => world.close())

/** Runs a mutation that must succeed, and waits for what follows. */
async function did<Payload = object>(by: Person, name: string, input: object, selection: string) {
  const { userErrors, ...payload } = await by.mutate<Record<string, unknown>>(name, input, selection)
  expect(userErrors).toEqual([])
  await world.settle()
  return payload as Payload
}
const project = (by: Person, name: string, input: object) =>
  did<{ project: { id: string } }>(by, name, input, 'project { id }')
const watch = async (by: Person, subjectId: string) =>
  expect((await by.mutate('watchSubject', { subjectId }, 'watch { level }')).userErrors).toEqual([])

/** Those among these people of whom it holds, by name. */
async function those<P>(people: Record<string, P>, holds: (one: P) => Promise<boolean>): Promise<string[]> {
  const checked = await Promise.all(
    Object.entries(people).map(async ([name, one]) => ((await holds(one)) ? [name] : [])),
  )
  return checked.flat().sort()
}
const told = (people: Record<string, Person>, type: string, subjectId: string, times: number) =>
  those(people, async (one) => {
    const heard = (await inboxOf(world, one)).filter(
      (row) => row.type === type && row.subjectId === subjectId,
    )
    return heard.length === times
  })
/** Asked with what the router would grant them at this moment. */
const seeing = (people: Record<string, Person>, id: string) =>
  those(people, async (one) => {
    const now = await renewed(world, one)
    return (await now.entity('projects', 'Project', id, 'id')) !== null
  })

describe('who watches a project of an event', () => {
  it('is told what becomes of it exactly as long as they see it', async () => {
    const { id: eventId } = await published(world, manager, organization as unknown as TestOrganization)
    const owner = world.person()
    await did(owner, 'registerForEvent', { eventId }, 'registration { id }')
    const { id } = (await project(owner, 'createProject', { eventId, title: 'Solar Oven' })).project
    const [helper, friend] = [world.person(), world.person()]
    await did(
      manager,
      'grantEventRoles',
      { eventId, userId: helper.userId, roles: ['SPONSOR'] },
      'membership { id }',
    )
    await project(owner, 'addCollaborator', { projectId: id, userId: friend.userId })
    const leaver = await organization.member('MEMBER')
    const people: Record<string, Person> = {
      stranger: world.person(),
      member: await organization.member('MEMBER'),
      leaver,
      helper,
      friend,
      manager,
    }
    await project(owner, 'submitProject', { id })
    await Promise.all([...Object.values(people), owner].map((one) => watch(one, id)))
    const bystander = world.person()
    const handInAgain = async () => {
      await project(owner, 'reopenProject', { id })
      await project(owner, 'submitProject', { id })
    }

    await handInAgain()
    expect(await told(people, 'project.submitted', id, 1)).toEqual(Object.keys(people).sort())
    const [heard] = (await inboxOf(world, people.stranger ?? owner)).filter(
      ({ subjectId }) => subjectId === id,
    )
    // To see a project is not to see its people.
    expect(heard).toMatchObject({ title: 'Solar Oven was handed in', actorId: null, eventId })
    expect(await told({ owner, bystander }, 'project.submitted', id, 0)).toEqual(['bystander', 'owner'])

    await did(manager, 'updateEvent', { id: eventId, visibility: 'ORGANIZATION' }, 'event { id }')
    await did(organization.owner, 'removeMember', { id: leaver.memberId }, 'removedMemberId')
    await handInAgain()
    const insiders = await seeing(people, id)
    expect(insiders).toEqual(['friend', 'helper', 'manager', 'member'])
    expect(await told(people, 'project.submitted', id, 2)).toEqual(insiders)
    expect(await told(people, 'project.submitted', id, 1)).toEqual(['leaver', 'stranger'])

    await project(owner, 'reopenProject', { id })
    await project(owner, 'updateProject', { id, summary: 'It bakes bread.' })
    await project(owner, 'advanceProject', { id, stage: 'PROJECT' })
    const ofTheTeam = await seeing(people, id)
    expect(ofTheTeam).toEqual(['friend', 'manager'])
    expect(await told(people, 'project.advanced', id, 1)).toEqual(ofTheTeam)

    await project(owner, 'removeCollaborator', { projectId: id, userId: friend.userId })
    await project(owner, 'withdrawProject', { id, reason: 'No sun.' })
    expect(await told(people, 'project.withdrawn', id, 1)).toEqual(['manager'])
    expect(await seeing(people, id)).toEqual(['manager'])
  }, 120_000)
})

describe('who watches a project of an organization', () => {
  const start = async (visibility: string) => {
    const input = { organizationId: organization.id, title: 'Rain Barrel', summary: 'It keeps rain.' }
    const { id } = (await project(organization.owner, 'createProject', input)).project
    await project(organization.owner, 'updateProjectSettings', { id, visibility })
    return id
  }

  it.each([
    ['PUBLIC', ['manager', 'member', 'stranger']],
    ['ORGANIZATION', ['manager', 'member']],
    ['TEAM', ['manager']],
  ])(
    'is told how far it has come if it is %s by then',
    async (visibility, expected) => {
      const id = await start('PUBLIC')
      const people = { stranger: world.person(), member: await organization.member('MEMBER'), manager }
      for (const one of Object.values(people)) await watch(one, id)
      await project(organization.owner, 'updateProjectSettings', { id, visibility })
      await project(organization.owner, 'advanceProject', { id, stage: 'PROJECT' })
      expect(await seeing(people, id)).toEqual(expected)
      expect(await told(people, 'project.advanced', id, 1)).toEqual(expected)
      const [heard] = (await inboxOf(world, manager)).filter(({ subjectId }) => subjectId === id)
      expect(heard?.title).toBe('Rain Barrel is now at the plan')
    },
    120_000,
  )
})
