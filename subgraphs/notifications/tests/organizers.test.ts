import { eventPublished } from '@guildhall/events/contract'
import { newId } from '@guildhall/kit/ids'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { membershipChanged } from '@guildhall/organizations/contract'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { members } from '../tables.ts'
import { inboxOf, publish, termsOf } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

describe('organizers', () => {
  it('are told of an event that went on the calendar, as membership stands', async () => {
    const organization = newId('org')
    const [owner, organizer, member, gone] = [newId('usr'), newId('usr'), newId('usr'), newId('usr')]
    const join = (id: string, role: 'OWNER' | 'ORGANIZER' | 'MEMBER' | null) =>
      publish(world, membershipChanged, {
        organizationName: 'Acme',
        actorId: null,
        organizationId: organization,
        userId: id,
        role,
        change: role === null ? 'LEFT' : 'JOINED',
        version: role === null ? 2 : 1,
      })
    await join(owner, 'OWNER')
    await join(organizer, 'ORGANIZER')
    await join(member, 'MEMBER')
    await join(gone, 'ORGANIZER')
    await join(gone, null)
    const known = await world.rows(members, eq(members.organizationId, organization))
    expect(known.map(({ userId, role }) => [userId, role]).sort()).toEqual(
      [
        [owner, 'OWNER'],
        [organizer, 'ORGANIZER'],
        [member, 'MEMBER'],
        [gone, null],
      ].sort(),
    )
    await publish(world, eventPublished, termsOf({ organizationId: organization }))
    const told = async (id: string) =>
      (await inboxOf(world, { userId: id })).filter((row) => row.type === 'event.published').length
    expect(await Promise.all([owner, organizer, member, gone].map(told))).toEqual([1, 1, 0, 0])
  })
})
