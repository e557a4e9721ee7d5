import {
  serviceAccountCreated,
  userErased,
  userProfileUpdated,
  userRegistered,
} from '@guildhall/identity/contract'
import { newId } from '@guildhall/kit/ids'
import { done } from '@guildhall/kit/outcome'
import { hearInDisorder } from '@guildhall/kit/testing/disorder'
import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { membershipChanged } from '@guildhall/organizations/contract'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { livelyEvents } from '../../events/tests/lively-events.ts'
import { livelyMemberships } from '../../organizations/tests/lively-memberships.ts'
import { audiencePage } from '../announcements/audience.ts'
import { privacy } from '../privacy.ts'
import { members, persons } from '../tables.ts'
import { inboxOf, ownContext, publish } from './support.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
const random = seededRandom(seed)
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const profileOf = (userId: string, version: number) => ({
  userId,
  displayName: 'Ada',
  locale: pick(['de', 'en', 'fr']),
  timezone: pick(['UTC', 'Europe/Zurich']),
  version,
})

/** People who change how they read, some of whom are erased, and machines. */
async function livelyPeople(): Promise<void> {
  const ctx = world.host.subgraphs.identity?.ownContext()
  await ctx?.transaction('test', async (tx) => {
    for (let no = 0; no < 8; no++) {
      const userId = newId('usr')
      const machine = { serviceAccountId: newId('sva'), userId, organizationId: newId('org') }
      const made = { ...machine, actorId: newId('usr'), name: 'Robot', role: 'MEMBER' as const }
      if (no % 4 === 0) await tx.emit(serviceAccountCreated, made)
      await tx.emit(userRegistered, profileOf(userId, 1))
      const changes = 1 + Math.floor(random() * 4)
      for (let version = 2; version <= changes; version++)
        await tx.emit(userProfileUpdated, profileOf(userId, version))
      if (no % 4 === 3) await tx.emit(userErased, { userId })
    }
    return done(null)
  })
}

it('what is told of people, members and roles shuffled, late and several times leads to the same', async () => {
  await livelyMemberships(world, 40, random)
  await livelyPeople()
  await livelyEvents(world, world.organization(), 4, random)
  const { inOrder, inDisorder } = await hearInDisorder(world, {
    publishers: ['events', 'identity', 'organizations'],
    consumer: 'notifications',
    tables: ['notifications.event_role', 'notifications.member', 'notifications.person'],
    seed,
  })
  expect(inOrder['notifications.person'], `SEED=${seed}`).toHaveLength(8)
  expect(inDisorder, `SEED=${seed}`).toEqual(inOrder)
}, 120_000)

describe('who has left', () => {
  const [organizationId, userId] = [newId('org'), newId('usr')]
  const facts = { organizationId, organizationName: 'Acme', userId, actorId: null }
  const known = () => world.rows(members, eq(members.userId, userId))
  const left = { organizationId, userId, role: null, permissions: [] }
  const audience = async () => {
    const everybody = { include: [{ kind: 'MEMBERS' as const, role: null }], exclude: [] }
    const place = { eventId: null, organizationId }
    return (await audiencePage(ownContext(world), place, everybody, null, 10)).userIds
  }

  it('stays outside when it is told late that they had joined, and comes in when they join again', async () => {
    await publish(world, membershipChanged, { ...facts, role: null, change: 'LEFT', version: 2 })
    await publish(world, membershipChanged, { ...facts, role: 'MEMBER', change: 'JOINED', version: 1 })
    expect(await known()).toEqual([{ ...left, version: 2 }])
    expect(await audience()).toEqual([])
    await publish(world, membershipChanged, { ...facts, role: 'ADMIN', change: 'JOINED', version: 3 })
    expect(await known()).toEqual([{ ...left, role: 'ADMIN', version: 3 }])
    expect(await audience()).toEqual([userId])
  })

  it('is known from news without versions, too, which came in their order', async () => {
    const old = { ...facts, userId: newId('usr') }
    const roles = async () =>
      (await world.rows(members, eq(members.userId, old.userId))).map(({ role }) => role)
    const tell = async (role: 'MEMBER' | null) => {
      const told = { ...old, role, change: role === null ? 'LEFT' : 'JOINED' }
      await publish(world, membershipChanged, membershipChanged.payload.parse(told))
    }
    await tell('MEMBER')
    expect(await roles()).toEqual(['MEMBER'])
    await tell(null)
    expect(await roles()).toEqual([null])
    await tell('MEMBER')
    expect(await roles()).toEqual(['MEMBER'])
  })
})

describe('who was erased', () => {
  const nothing = { locale: 'en', timezone: 'UTC', isMachine: false, isErased: true, version: 0 }

  it.each([
    ['identity has told so', (userId: string) => publish(world, userErased, { userId })],
    [
      'identity has asked for it',
      async (userId: string) => {
        const ctx = ownContext(world)
        await ctx.transaction('erase', async (tx) => done(await privacy.erase(ctx, tx, userId)))
      },
    ],
  ])('leaves an id behind, whatever is told late, once %s', async (_, erase) => {
    const userId = newId('usr')
    const facts = { organizationId: newId('org'), organizationName: 'Acme', userId, actorId: null }
    await publish(world, membershipChanged, { ...facts, role: 'MEMBER', change: 'JOINED', version: 1 })
    await publish(world, membershipChanged, { ...facts, role: null, change: 'LEFT', version: 2 })
    await publish(world, userRegistered, { ...profileOf(userId, 1), locale: 'de' })
    await erase(userId)
    const before = await inboxOf(world, { userId })
    await publish(world, userProfileUpdated, { ...profileOf(userId, 2), locale: 'de' })
    await publish(world, membershipChanged, { ...facts, role: 'ADMIN', change: 'ROLE_CHANGED', version: 1 })
    expect(await world.rows(persons, eq(persons.id, userId))).toEqual([{ id: userId, ...nothing }])
    expect(await world.rows(members, eq(members.userId, userId))).toMatchObject([{ role: null, version: 2 }])
    expect(await inboxOf(world, { userId })).toEqual(before)
  })
})
