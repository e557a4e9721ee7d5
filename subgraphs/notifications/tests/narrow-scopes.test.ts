import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Founded, found } from '../../organizations/tests/people.ts'
import { preferences, watches } from '../tables.ts'
import { type Addressed, addressed, deliveriesOf } from './delivery-support.ts'
import { inboxOf } from './support.ts'

let world: World
let organization: Founded
beforeAll(async () => {
  world = await createWorld()
  organization = await found(world)
})
afterAll(() => world.close())

const member = async (): Promise<Addressed> =>
  addressed(world, { person: await organization.member('MEMBER') })

/** A project of the organization with these people in its team. */
async function projectWith(...team: Person[]): Promise<string> {
  const { project } = await organization.owner.mutate<{ project: { id: string } }>(
    'createProject',
    { organizationId: organization.id, title: 'Solar Oven' },
    'project { id }',
  )
  for (const { userId } of team) {
    await organization.owner.mutate('addProjectMember', { projectId: project.id, userId }, 'project { id }')
  }
  await world.settle()
  return project.id
}

/** The team is told of it. */
async function giveUp(id: string): Promise<void> {
  const { userErrors } = await organization.owner.mutate('withdrawProject', { id }, 'project { status }')
  expect(userErrors).toEqual([])
  await world.settle()
}

const choose = (by: Person, scopeId: string | null, isEnabled: boolean, channel = 'EMAIL') =>
  by.mutate<{ preference: { isEnabled: boolean } | null }>(
    'setNotificationPreference',
    { category: 'PROJECTS', channel, scopeId, isEnabled },
    'preference { isEnabled }',
  )
const say = (by: Person, name: 'watchSubject' | 'muteSubject', subjectId: string) =>
  by.mutate<{ watch: object | null }>(name, { subjectId }, 'watch { level subject { id } }')

/** What became of the mail about a project, and how many tell of its end in the inbox. */
async function heardOf(one: Addressed, projectId: string) {
  const told = (await inboxOf(world, one)).filter(
    ({ type, subjectId }) => type === 'project.withdrawn' && subjectId === projectId,
  )
  const ids = new Set(told.map(({ id }) => id))
  const mail = (await deliveriesOf(world, one)).filter(
    ({ channel, notificationId }) => channel === 'EMAIL' && ids.has(notificationId),
  )
  const mails = (await world.mails(one.email)).filter(({ kind }) => kind === 'project.withdrawn')
  return { inbox: told.length, mail: mail.map(({ status }) => status), mails: mails.length }
}

describe('a choice for an organization', () => {
  it('is made through the API and holds for what its projects tell, but one for a project beats it', async () => {
    const [one, other] = [await member(), await member()]
    const [first, second] = [await projectWith(one, other), await projectWith(one, other)]
    const yes = { preference: { isEnabled: true }, userErrors: [] }
    const no = { preference: { isEnabled: false }, userErrors: [] }
    expect(await choose(one, organization.id, true)).toEqual(yes)
    expect(await choose(one, second, false)).toEqual(no)
    // The other way round, so that neither the later nor the louder choice could be the rule.
    expect(await choose(other, second, true)).toEqual(yes)
    expect(await choose(other, organization.id, false)).toEqual(no)
    expect(await world.rows(preferences, eq(preferences.userId, one.userId))).toHaveLength(2)
    await giveUp(first)
    await giveUp(second)
    expect(await heardOf(one, first)).toEqual({ inbox: 1, mail: ['SENT'], mails: 1 })
    expect(await heardOf(one, second)).toEqual({ inbox: 1, mail: ['SKIPPED'], mails: 1 })
    expect(await heardOf(other, first)).toEqual({ inbox: 1, mail: ['SKIPPED'], mails: 1 })
    expect(await heardOf(other, second)).toEqual({ inbox: 1, mail: ['SENT'], mails: 1 })
  })

  it('beats one for everything, in the inbox as well', async () => {
    const one = await member()
    const projectId = await projectWith(one)
    await choose(one, null, false, 'IN_APP')
    await choose(one, organization.id, true, 'IN_APP')
    await giveUp(projectId)
    expect((await heardOf(one, projectId)).inbox).toBe(1)
  })

  it('is not to be had for a project that the caller does not see, nor is there a mute or a watch', async () => {
    const stranger = world.person()
    const scopeId = await projectWith()
    const refused = (field: string) => [{ code: 'NOT_FOUND', path: ['input', field] }]
    expect((await choose(stranger, scopeId, false)).userErrors).toMatchObject(refused('scopeId'))
    for (const name of ['watchSubject', 'muteSubject'] as const) {
      expect((await say(stranger, name, scopeId)).userErrors).toMatchObject(refused('subjectId'))
    }
    expect(await world.rows(preferences, eq(preferences.userId, stranger.userId))).toEqual([])
    expect(await world.rows(watches, eq(watches.userId, stranger.userId))).toEqual([])
  })
})

describe('a mute', () => {
  it('of a project silences that one alone, by every way', async () => {
    const one = await member()
    const [muted, other] = [await projectWith(one), await projectWith(one)]
    await choose(one, null, true)
    expect(await say(one, 'muteSubject', muted)).toEqual({
      watch: { level: 'MUTED', subject: { id: muted } },
      userErrors: [],
    })
    await giveUp(muted)
    await giveUp(other)
    expect(await heardOf(one, muted)).toEqual({ inbox: 0, mail: [], mails: 1 })
    expect(await heardOf(one, other)).toEqual({ inbox: 1, mail: ['SENT'], mails: 1 })
  })

  it('of an organization silences all of it, though mail of it was asked for', async () => {
    const one = await member()
    const projectId = await projectWith(one)
    await choose(one, organization.id, true)
    expect(await say(one, 'muteSubject', organization.id)).toMatchObject({ watch: { level: 'MUTED' } })
    await giveUp(projectId)
    expect(await heardOf(one, projectId)).toEqual({ inbox: 0, mail: [], mails: 0 })
  })
})

describe('a watch', () => {
  it('of a project tells a member who is not in its team, for as long as it stands', async () => {
    const one = await member()
    const [watched, other] = [await projectWith(), await projectWith()]
    for (const id of [watched, other]) await say(one, 'watchSubject', id)
    await one.mutate('unwatchSubject', { subjectId: other }, 'subject { id }')
    expect(await world.rows(watches, eq(watches.userId, one.userId))).toHaveLength(1)
    await choose(one, watched, true)
    await giveUp(watched)
    await giveUp(other)
    expect(await heardOf(one, watched)).toEqual({ inbox: 1, mail: ['SENT'], mails: 1 })
    expect((await heardOf(one, other)).inbox).toBe(0)
  })
})
