import { serviceAccountCreated, serviceAccountDeleted } from '@guildhall/identity/contract'
import type { Transaction } from '@guildhall/kit/context'
import { newId } from '@guildhall/kit/ids'
import { done } from '@guildhall/kit/outcome'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { membershipChanged } from '../contract.ts'
import { members } from '../tables.ts'
import { codesOf, type Founded, found, renewed } from './people.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const tell = async (work: (tx: Transaction) => Promise<void>) => {
  await world.host.subgraphs.identity?.ownContext().transaction('test', async (tx) => {
    await work(tx)
    return done(null)
  })
  await world.settle()
}
const factsOf = ({ id, owner }: Founded, userId: string) => ({
  serviceAccountId: newId('sva'),
  userId,
  organizationId: id,
  actorId: owner.userId,
})
const create = (organization: Founded, userId: string, role: 'ADMIN' | 'ORGANIZER' | 'MEMBER' = 'MEMBER') =>
  tell((tx) => tx.emit(serviceAccountCreated, { ...factsOf(organization, userId), name: 'Robot', role }))
const remove = (organization: Founded, userId: string) =>
  tell((tx) => tx.emit(serviceAccountDeleted, factsOf(organization, userId)))
const placeOf = ({ id }: Founded, userId: string) =>
  world.rows(members, and(eq(members.organizationId, id), eq(members.userId, userId)))

describe('service accounts', () => {
  it('are members with their role until they are deleted', async () => {
    const organization = await found(world)
    const userId = newId('usr')
    await create(organization, userId, 'ORGANIZER')
    expect(await placeOf(organization, userId)).toMatchObject([{ role: 'ORGANIZER', isService: true }])
    const facts = {
      organizationId: organization.id,
      organizationName: organization.name,
      userId,
      actorId: organization.owner.userId,
    }
    expect((await world.published(membershipChanged)).at(-1)).toEqual({
      ...facts,
      role: 'ORGANIZER',
      change: 'JOINED',
      version: 1,
    })
    const { caller } = await renewed(world, { userId }, newId('key'))
    expect(caller.kind === 'user' && caller.grants[organization.id]?.role).toBe('ORGANIZER')
    await remove(organization, userId)
    expect(await placeOf(organization, userId)).toEqual([])
    expect((await world.published(membershipChanged)).at(-1)).toEqual({
      ...facts,
      role: null,
      change: 'REMOVED',
      version: 2,
    })
    await remove(organization, userId)
  })

  it('do not come in when their end was heard first, nor a second time', async () => {
    const organization = await found(world)
    const [late, gone] = [newId('usr'), newId('usr')]
    await remove(organization, late)
    await create(organization, late)
    await create(organization, gone)
    await organization.owner.mutate(
      'removeMember',
      { id: (await placeOf(organization, gone))[0]?.id },
      'removedMemberId',
    )
    await create(organization, gone)
    expect([await placeOf(organization, late), await placeOf(organization, gone)]).toEqual([[], []])
    const told = (await world.published(membershipChanged)).filter(({ userId }) =>
      [late, gone].includes(userId),
    )
    expect(told.map(({ userId, change }) => [userId, change])).toEqual([
      [gone, 'JOINED'],
      [gone, 'REMOVED'],
    ])
  })

  it('cannot become owners', async () => {
    const organization = await found(world)
    const { owner } = organization
    const userId = newId('usr')
    await create(organization, userId)
    const [member] = await placeOf(organization, userId)
    const before = await world.published(membershipChanged)
    const change = { id: member?.id, role: 'OWNER' }
    expect(codesOf(await owner.mutate('changeMemberRole', change, 'member { id }'))).toEqual([
      'ROLE_NOT_AVAILABLE',
    ])
    const heir = { memberId: member?.id }
    expect(codesOf(await owner.mutate('transferOwnership', heir, 'member { id }'))).toEqual([
      'ROLE_NOT_AVAILABLE',
    ])
    expect(await placeOf(organization, userId)).toMatchObject([{ role: 'MEMBER' }])
    expect(await world.published(membershipChanged)).toEqual(before)
  })

  it('stay outside of organizations that end or have lost the role, and hold nothing up', async () => {
    const closing = await found(world)
    const { organization } = await closing.owner.mutate<{ organization: { slug: string } }>(
      'updateOrganization',
      { id: closing.id },
      'organization { slug }',
    )
    const ending = { organizationId: closing.id, slug: organization.slug }
    await closing.owner.mutate('deleteOrganization', ending, 'organization { id }')
    const other = await found(world, 'TEAM')
    const [one, two, three] = [newId('usr'), newId('usr'), newId('usr')]
    await create(closing, one)
    await create(other, two, 'ORGANIZER')
    await create({ ...other, id: newId('org') }, three)
    for (const userId of [one, two, three])
      expect(await world.rows(members, eq(members.userId, userId))).toEqual([])
  })
})
