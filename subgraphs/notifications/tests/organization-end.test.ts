import { newId } from '@guildhall/kit/ids'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import {
  membershipChanged,
  organizationClosed,
  organizationClosing,
  organizationRestored,
} from '@guildhall/organizations/contract'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { members, notifications } from '../tables.ts'
import { inboxOf, publish, times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

let organizationId: string
let [owner, member, gone, stranger]: [string, string, string, string] = ['', '', '', '']
beforeEach(async () => {
  organizationId = newId('org')
  owner = await joined('OWNER')
  member = await joined('MEMBER')
  gone = await joined('ADMIN')
  await change(gone, null, 'LEFT')
  stranger = newId('usr')
})

let version = 0
const change = (
  userId: string,
  role: 'OWNER' | 'ADMIN' | 'MEMBER' | null,
  how: 'JOINED' | 'LEFT' | 'REMOVED',
) =>
  publish(world, membershipChanged, {
    organizationId,
    organizationName: 'Acme',
    userId,
    role,
    change: how,
    version: ++version,
    actorId: null,
  })

async function joined(role: 'OWNER' | 'ADMIN' | 'MEMBER'): Promise<string> {
  const userId = newId('usr')
  await change(userId, role, 'JOINED')
  return userId
}

const closesAt = '2030-01-15T00:00:00.000Z'
const close = () =>
  publish(world, organizationClosing, { organizationId, name: 'Acme', closesAt, actorId: owner })
const restore = () => publish(world, organizationRestored, { organizationId, name: 'Acme', actorId: owner })

/** What somebody was told but for the own membership. */
const toldOf = async (userId: string) =>
  (await inboxOf(world, { userId })).filter(({ type }) => type !== 'organization.joined')
const typesOf = async (userId: string) => (await toldOf(userId)).map(({ type }) => type)

describe('the end of an organization', () => {
  it('is told to its members, and until when it can be taken back', async () => {
    await close()
    const told = {
      type: 'organization.closing',
      category: 'ORGANIZATIONS',
      title: 'Acme is about to be closed',
      body: 'It ends at January 15, 2030 at 12:00 AM UTC, and what belongs to it goes. Until then its owners can take it back.',
      subjectId: organizationId,
      readAt: null,
    }
    expect(await toldOf(member)).toMatchObject([{ ...told, actorId: owner }])
    expect(await toldOf(owner)).toMatchObject([{ ...told, actorId: null }])
    expect(await Promise.all([gone, stranger].map(typesOf))).toEqual([[], []])
  })

  it('is called off to the same people', async () => {
    await close()
    await restore()
    expect((await toldOf(member)).at(-1)).toMatchObject({
      type: 'organization.restored',
      category: 'ORGANIZATIONS',
      title: 'Acme goes on: it is not closed after all',
      body: null,
      actorId: owner,
      subjectId: organizationId,
    })
    const both = ['organization.closing', 'organization.restored']
    expect(await Promise.all([owner, member, gone].map(typesOf))).toEqual([both, both, []])
  })

  it('is told to those who want to hear nothing of organizations, its calling off is not', async () => {
    const quiet = world.person()
    await change(quiet.userId, 'MEMBER', 'JOINED')
    await quiet.mutate(
      'setNotificationPreference',
      { category: 'ORGANIZATIONS', channel: 'IN_APP', isEnabled: false },
      'preference { isEnabled }',
    )
    await close()
    await restore()
    expect(await typesOf(quiet.userId)).toEqual(['organization.closing'])
  })

  it.each([
    ['before', true],
    ['after', false],
  ])('tells each member once that it has come, be it that memberships end %s it', async (_, isBefore) => {
    const closed = () => publish(world, organizationClosed, { organizationId, name: 'Acme', actorId: null })
    const dismissed = () => change(member, null, 'REMOVED')
    for (const step of isBefore ? [dismissed, closed] : [closed, dismissed]) await step()
    expect(await typesOf(member)).toEqual(['organization.removed'])
  })

  it('reaches all members of a large organization', async () => {
    // More notices than one statement takes parameters for.
    const crowd = times(6_000, () => newId('usr'))
    await world.host.database.db
      .insert(members)
      .values(crowd.map((userId) => ({ organizationId, userId, role: 'MEMBER' })))
    await close()
    const closing = and(
      eq(notifications.type, 'organization.closing'),
      eq(notifications.subjectId, organizationId),
    )
    const told = (await world.rows(notifications, closing)).map(({ recipientId }) => recipientId)
    expect(told.sort()).toEqual([...crowd, owner, member].sort())
  })
})
