import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { membershipChanged } from '../contract.ts'
import { members, organizations } from '../tables.ts'
import { codesOf, type Founded, found, granted, type Member } from './people.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const transfer = (by: Person, { memberId }: Pick<Member, 'memberId'>) =>
  by.mutate('transferOwnership', { memberId }, 'member { role user { id } }')
const rolesIn = async ({ id }: Founded) =>
  (await world.rows(members, eq(members.organizationId, id))).map((member) => member.role).sort()
const ownersOf = async ({ id }: Founded) =>
  (await world.rows(organizations, eq(organizations.id, id)))[0]?.ownerCount

describe('transferOwnership', () => {
  it('makes another the owner, and the caller an admin', async () => {
    const organization = await found(world)
    const { owner } = organization
    const heir = await organization.member('MEMBER')
    const before = (await world.published(membershipChanged)).length
    expect(await transfer(owner, heir)).toEqual({
      member: { role: 'OWNER', user: { id: heir.userId } },
      userErrors: [],
    })
    expect(await rolesIn(organization)).toEqual(['ADMIN', 'OWNER'])
    expect(await ownersOf(organization)).toBe(1)
    expect((await world.published(membershipChanged)).slice(before)).toMatchObject([
      { userId: heir.userId, role: 'OWNER', change: 'ROLE_CHANGED', actorId: owner.userId },
      { userId: owner.userId, role: 'ADMIN', change: 'ROLE_CHANGED', actorId: owner.userId },
    ])
  })

  it('refuses oneself, strangers, and those who own nothing any more, and writes nothing', async () => {
    const organization = await found(world)
    const { owner } = organization
    const member = await organization.member('MEMBER')
    const elsewhere = await found(world)
    const before = await world.published(membershipChanged)
    expect(codesOf(await transfer(owner, owner))).toEqual(['INVALID_VALUE'])
    expect(codesOf(await transfer(owner, elsewhere.owner))).toEqual(['NOT_FOUND'])
    expect(codesOf(await transfer(owner, { memberId: 'mem_nonsense' }))).toEqual(['NOT_FOUND'])
    const former = await organization.member('ADMIN')
    const joined = await world.published(membershipChanged)
    const stale = granted(world, former.userId, organization.id, 'OWNER')
    expect(codesOf(await transfer(stale, member))).toEqual(['NOT_AN_OWNER'])
    expect(await rolesIn(organization)).toEqual(['ADMIN', 'MEMBER', 'OWNER'])
    expect(await world.published(membershipChanged)).toEqual(joined)
    expect(joined).toHaveLength(before.length + 1)
  })

  it('is denied to admins, strangers and those who have not proved who they are', async () => {
    const organization = await found(world)
    const { owner } = organization
    const admin = await organization.member('ADMIN')
    const mutation = `mutation { transferOwnership(input: { memberId: "${admin.memberId}" }) { member { id } } }`
    const codes = async (person: Person) => (await person.run(mutation)).errors.map(({ code }) => code)
    if (owner.caller.kind !== 'user') throw new Error('not a person')
    const before = await world.published(membershipChanged)
    expect(await codes(admin)).toEqual(['FORBIDDEN'])
    expect(await codes(world.anonymous)).toEqual(['UNAUTHENTICATED'])
    expect(await codes(world.personWith({ ...owner.caller, steppedUpUntilMs: 0 }))).toEqual([
      'STEP_UP_REQUIRED',
    ])
    expect(await rolesIn(organization)).toEqual(['ADMIN', 'OWNER'])
    expect(await world.published(membershipChanged)).toEqual(before)
  })

  it('has one heir when two transfers are asked for at once', async () => {
    for (let round = 0; round < 5; round++) {
      const organization = await found(world)
      const [one, two] = [await organization.member('MEMBER'), await organization.member('MEMBER')]
      const answers = await Promise.all([
        transfer(organization.owner, one),
        transfer(organization.owner, two),
      ])
      expect(answers.flatMap(codesOf)).toEqual(['NOT_AN_OWNER'])
      expect(await rolesIn(organization)).toEqual(['ADMIN', 'MEMBER', 'OWNER'])
      expect(await ownersOf(organization)).toBe(1)
    }
  })
})

it('there is an owner left when all of them leave, step down, hand over and are removed at once', async () => {
  for (let round = 0; round < 5; round++) {
    const organization = await found(world)
    const { id, owner } = organization
    const [second, third, fourth] = await Promise.all([1, 2, 3].map(() => organization.member('OWNER')))
    const heir = await organization.member('MEMBER')
    if (!second || !third || !fourth) throw new Error('no owners')
    const demote = (by: Member, { memberId }: Member) =>
      by.mutate('changeMemberRole', { id: memberId, role: 'GUEST' }, 'member { id }')
    const remove = (by: Member, { memberId }: Member) =>
      by.mutate('removeMember', { id: memberId }, 'removedMemberId')
    await Promise.all([
      owner.mutate('leaveOrganization', { organizationId: id }, 'organization { id }'),
      demote(second, second),
      demote(third, owner),
      remove(fourth, third),
      remove(owner, second),
      transfer(fourth, heir),
      transfer(second, heir),
      third.mutate('leaveOrganization', { organizationId: id }, 'organization { id }'),
      remove(second, heir),
    ])
    const owners = (await rolesIn(organization)).filter((role) => role === 'OWNER')
    expect(owners.length).toBeGreaterThanOrEqual(1)
    expect(await ownersOf(organization)).toBe(owners.length)
  }
})
