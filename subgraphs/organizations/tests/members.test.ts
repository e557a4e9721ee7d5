import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { membershipChanged } from '../contract.ts'
import { members, organizations, people } from '../tables.ts'
import { codesOf, type Founded, found, type Member } from './people.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const changeRole = (by: Member, { memberId }: Member, role: string, more = {}) =>
  by.mutate('changeMemberRole', { id: memberId, role, ...more }, 'member { role }')
const remove = (by: Member, { memberId }: Member, more = {}) =>
  by.mutate('removeMember', { id: memberId, ...more }, 'removedMemberId')
const leave = (person: Member, { id }: Founded) =>
  person.mutate('leaveOrganization', { organizationId: id }, 'organization { id myRole }')
const rolesIn = async ({ id }: Founded) =>
  (await world.rows(members, eq(members.organizationId, id))).map((member) => member.role).sort()
const ownersOf = async ({ id }: Founded) =>
  (await world.rows(organizations, eq(organizations.id, id)))[0]?.ownerCount

describe('changeMemberRole', () => {
  it('gives another role and tells the house', async () => {
    const organization = await found(world)
    const member = await organization.member('MEMBER')
    expect(await changeRole(organization.owner, member, 'OWNER')).toEqual({
      member: { role: 'OWNER' },
      userErrors: [],
    })
    expect(await ownersOf(organization)).toBe(2)
    expect((await world.published(membershipChanged)).at(-1)).toEqual({
      organizationId: organization.id,
      organizationName: organization.name,
      userId: member.userId,
      role: 'OWNER',
      change: 'ROLE_CHANGED',
      version: 2,
      actorId: organization.owner.userId,
    })
  })

  it('does nothing and tells nobody when the role stays', async () => {
    const organization = await found(world)
    const member = await organization.member('GUEST')
    const before = await world.published(membershipChanged)
    expect(codesOf(await changeRole(organization.owner, member, 'GUEST'))).toEqual([])
    expect(await world.published(membershipChanged)).toEqual(before)
  })

  it('lets nobody give or take what they do not hold', async () => {
    const organization = await found(world)
    const [admin, member] = [await organization.member('ADMIN'), await organization.member('MEMBER')]
    const before = await world.published(membershipChanged)
    expect(codesOf(await changeRole(admin, member, 'OWNER'))).toEqual(['ROLE_ESCALATION'])
    expect(codesOf(await changeRole(admin, admin, 'OWNER'))).toEqual(['ROLE_ESCALATION'])
    expect(codesOf(await changeRole(admin, organization.owner, 'GUEST'))).toEqual(['ROLE_ESCALATION'])
    expect(codesOf(await remove(admin, organization.owner))).toEqual(['ROLE_ESCALATION'])
    expect(await rolesIn(organization)).toEqual(['ADMIN', 'MEMBER', 'OWNER'])
    expect(await world.published(membershipChanged)).toEqual(before)
  })

  it('does not demote the last owner', async () => {
    const organization = await found(world)
    expect(codesOf(await changeRole(organization.owner, organization.owner, 'ADMIN'))).toEqual(['LAST_OWNER'])
    expect(await rolesIn(organization)).toEqual(['OWNER'])
  })

  it('counts right when many promote and demote one member at the same time', async () => {
    const organization = await found(world)
    const member = await organization.member('MEMBER')
    const roles = ['OWNER', 'MEMBER', 'OWNER', 'ADMIN', 'OWNER', 'GUEST', 'OWNER', 'MEMBER', 'ADMIN', 'OWNER']
    const answers = await Promise.all(roles.map((role) => changeRole(organization.owner, member, role)))
    expect(answers.flatMap(codesOf)).toEqual([])
    const owners = (await rolesIn(organization)).filter((role) => role === 'OWNER')
    expect(await ownersOf(organization)).toBe(owners.length)
  })
})

describe('removeMember', () => {
  it('ends a membership, once, and tells the house', async () => {
    const organization = await found(world)
    const member = await organization.member('MEMBER')
    const first = await remove(organization.owner, member, { idempotencyKey: 'k' })
    expect(first).toEqual({ removedMemberId: member.memberId, userErrors: [] })
    expect(await remove(organization.owner, member, { idempotencyKey: 'k' })).toEqual(first)
    expect(codesOf(await remove(organization.owner, member))).toEqual(['NOT_FOUND'])
    expect((await world.published(membershipChanged)).at(-1)).toMatchObject({
      userId: member.userId,
      role: null,
      change: 'REMOVED',
      actorId: organization.owner.userId,
    })
    expect(await world.rows(people, eq(people.userId, member.userId))).toMatchObject([
      { organizationCount: 0 },
    ])
  })

  it('does not know members of other organizations, and is denied to plain members', async () => {
    const organization = await found(world)
    const [plain, other] = [await organization.member('MEMBER'), await organization.member('MEMBER')]
    const { owner: stranger } = await found(world)
    const before = await world.published(membershipChanged)
    expect(codesOf(await remove(stranger, other))).toEqual(['NOT_FOUND'])
    expect(codesOf(await changeRole(stranger, other, 'GUEST'))).toEqual(['NOT_FOUND'])
    expect(codesOf(await remove(stranger, { ...other, memberId: 'nonsense' }))).toEqual(['NOT_FOUND'])
    const { errors } = await plain.run(
      `mutation { removeMember(input: { id: "${other.memberId}" }) { removedMemberId } }`,
    )
    expect(errors.map((error) => error.code)).toEqual(['FORBIDDEN'])
    expect(await rolesIn(organization)).toEqual(['MEMBER', 'MEMBER', 'OWNER'])
    expect(await world.published(membershipChanged)).toEqual(before)
  })
})

describe('leaveOrganization', () => {
  it('ends one’s own membership', async () => {
    const organization = await found(world)
    const member = await organization.member('MEMBER')
    expect(await leave(member, organization)).toEqual({
      organization: { id: organization.id, myRole: null },
      userErrors: [],
    })
    expect((await world.published(membershipChanged)).at(-1)).toMatchObject({ change: 'LEFT', role: null })
    expect(codesOf(await leave(member, organization))).toEqual(['NOT_FOUND'])
  })

  it('keeps the last owner, and tells nobody', async () => {
    const organization = await found(world)
    const before = await world.published(membershipChanged)
    expect(codesOf(await leave(organization.owner, organization))).toEqual(['LAST_OWNER'])
    expect(codesOf(await remove(organization.owner, organization.owner))).toEqual(['LAST_OWNER'])
    expect(await rolesIn(organization)).toEqual(['OWNER'])
    expect(await world.published(membershipChanged)).toEqual(before)
  })

  it('keeps one of two owners who leave at the same time', async () => {
    for (let round = 0; round < 5; round++) {
      const organization = await found(world)
      const second = await organization.member('OWNER')
      const answers = await Promise.all([
        leave(organization.owner, organization),
        leave(second, organization),
      ])
      expect(answers.flatMap(codesOf)).toEqual(['LAST_OWNER'])
      expect(await rolesIn(organization)).toEqual(['OWNER'])
    }
  })

  it('keeps one of two owners who demote each other at the same time', async () => {
    const organization = await found(world)
    const second = await organization.member('OWNER')
    const answers = await Promise.all([
      changeRole(organization.owner, second, 'ADMIN'),
      changeRole(second, organization.owner, 'ADMIN'),
    ])
    expect(answers.flatMap(codesOf)).toEqual(['LAST_OWNER'])
    expect(await ownersOf(organization)).toBe(1)
  })

  it('is denied to those who are not logged in', async () => {
    const { id } = await found(world)
    const { errors } = await world.anonymous.run(
      `mutation { leaveOrganization(input: { organizationId: "${id}" }) { organization { id } } }`,
    )
    expect(errors.map((error) => error.code)).toEqual(['UNAUTHENTICATED'])
  })
})
