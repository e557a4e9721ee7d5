import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { membershipChanged, permissionsChanged, roleBindingChanged } from '../contract.ts'
import { rolePermissions } from '../roles.ts'
import { members, roleBindings } from '../tables.ts'
import { codesOf, type Founded, found, renewed, teamOf } from './people.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

type Given = { roleBinding: { id: string } }

const grant = (by: Person, { id }: { id: string }, input: object) =>
  by.mutate<Given>('grantRole', { organizationId: id, ...input }, 'roleBinding { id }')
const bindingsIn = ({ id }: Founded) => world.rows(roleBindings, eq(roleBindings.organizationId, id))
const countOf = async ({ memberId }: { memberId: string }) =>
  (await world.rows(members, eq(members.id, memberId)))[0]?.bindingCount
const told = async () => [
  await world.published(roleBindingChanged),
  await world.published(permissionsChanged),
  await world.published(membershipChanged),
]
const grantOf = async (person: Person, { id }: Founded) => {
  const { caller } = await renewed(world, person)
  return caller.kind === 'user' ? caller.grants[id] : undefined
}

describe('grantRole', () => {
  it('adds a role to that of the membership, over everything, and tells the house', async () => {
    const organization = await found(world)
    const { id: organizationId, owner } = organization
    const member = await organization.member('GUEST')
    const { roleBinding } = await grant(owner, organization, { userId: member.userId, role: 'ORGANIZER' })
    const both = new Set([...rolePermissions.GUEST, ...rolePermissions.ORGANIZER])
    expect(await grantOf(member, organization)).toEqual({
      role: 'GUEST',
      permissions: [...both].sort(),
      scoped: {},
    })
    expect((await world.published(roleBindingChanged)).at(-1)).toEqual({
      roleBindingId: roleBinding.id,
      organizationId,
      userId: member.userId,
      teamId: null,
      role: 'ORGANIZER',
      customRoleId: null,
      scopeId: null,
      change: 'GRANTED',
      actorId: owner.userId,
    })
    expect((await world.published(permissionsChanged)).at(-1)).toEqual({
      organizationId,
      userId: member.userId,
      cause: 'ROLE_BINDING',
      actorId: owner.userId,
    })
    expect(await countOf(member)).toBe(1)
  })

  it('gives a role over one object alone, also to all of a team', async () => {
    const organization = await found(world)
    const { owner } = organization
    const [lead, other] = [await organization.member('GUEST'), await organization.member('GUEST')]
    const teamId = await teamOf(organization, [lead, other])
    const scopeId = newId('prj')
    const before = await world.published(permissionsChanged)
    await grant(owner, organization, { teamId, role: 'MEMBER', scopeId })
    for (const person of [lead, other]) {
      expect(await grantOf(person, organization)).toEqual({
        role: 'GUEST',
        permissions: [...rolePermissions.GUEST],
        scoped: { [scopeId]: [...rolePermissions.MEMBER] },
      })
      expect(await countOf(person)).toBe(1)
    }
    const events = (await world.published(permissionsChanged)).slice(before.length)
    expect(events.map(({ userId }) => userId).sort()).toEqual([lead.userId, other.userId].sort())
  })

  it('shows members what a binding lets them see', async () => {
    const organization = await found(world)
    const member = await organization.member('MEMBER')
    const see = async () =>
      (
        await (
          await renewed(world, member)
        ).run<{ organization: unknown }>(
          `{ organization(id: "${organization.id}") { invitations { totalCount } roleBindings { totalCount } } }`,
        )
      ).data.organization
    const hidden = { invitations: null, roleBindings: null }
    expect(await see()).toEqual(hidden)
    const { roleBinding } = await grant(organization.owner, organization, {
      userId: member.userId,
      role: 'ADMIN',
    })
    expect(await see()).toEqual({ invitations: { totalCount: 0 }, roleBindings: { totalCount: 1 } })
    await organization.owner.mutate('revokeRole', { id: roleBinding.id }, 'removedRoleBindingId')
    expect(await see()).toEqual(hidden)
    await grant(organization.owner, organization, {
      userId: member.userId,
      role: 'ADMIN',
      scopeId: newId('prj'),
    })
    expect(await see()).toEqual(hidden)
  })

  it.each(['key', 'ses'])('shows what calls with %s_… no more than it was made for', async (prefix) => {
    const organization = await found(world)
    const { userId } = organization.owner
    const key = (permissions: string[]) =>
      world.personWith({
        kind: 'user',
        userId,
        sessionId: newId(prefix),
        platformRoles: [],
        grants: { [organization.id]: { role: 'OWNER', permissions } },
      })
    const query = `{ organization(id: "${organization.id}") { members { totalCount } } }`
    const see = async (permissions: string[]) => (await key(permissions).run(query)).data
    expect(await see(['events:write'])).toEqual({ organization: { members: null } })
    expect(await see(['members:read'])).toEqual({ organization: { members: { totalCount: 1 } } })
    const { memberId } = organization.owner
    const entity = (permissions: string[]) =>
      key(permissions).entity('organizations', 'OrganizationMember', memberId, 'role')
    expect(await entity(['events:write'])).toBeNull()
    expect(await entity(['members:read'])).toEqual({ role: 'OWNER' })
  })

  it('refuses what cannot be, and writes nothing', async () => {
    const organization = await found(world)
    const elsewhere = await found(world)
    const { owner } = organization
    const admin = await organization.member('ADMIN')
    const { userId } = admin
    const { customRole } = await owner.mutate<{ customRole: { id: string } }>(
      'createRole',
      { organizationId: organization.id, name: 'Heir', permissions: ['organizations:own'] },
      'customRole { id }',
    )
    const foreignTeam = await teamOf(elsewhere, [])
    await grant(owner, organization, { userId, role: 'BILLING' })
    const before = [await told(), await bindingsIn(organization)]
    const codes = async (input: object, by: Person = owner) => codesOf(await grant(by, organization, input))
    expect(await codes({ userId })).toEqual(['INVALID_VALUE'])
    expect(await codes({ role: 'GUEST' })).toEqual(['INVALID_VALUE'])
    expect(await codes({ userId, role: 'GUEST', scopeId: 'nonsense' })).toEqual(['INVALID_VALUE'])
    expect(await codes({ userId, role: 'GUEST', scopeId: newId('zzz') })).toEqual(['INVALID_VALUE'])
    expect(await codes({ userId, role: 'OWNER' })).toEqual(['ROLE_NOT_AVAILABLE'])
    expect(await codes({ userId: elsewhere.owner.userId, role: 'GUEST' })).toEqual(['NOT_A_MEMBER'])
    expect(await codes({ teamId: foreignTeam, role: 'GUEST' })).toEqual(['NOT_FOUND'])
    expect(await codes({ userId, customRoleId: newId('rol') })).toEqual(['NOT_FOUND'])
    expect(await codes({ userId, role: 'BILLING' })).toEqual(['ALREADY_GRANTED'])
    expect(await codes({ userId, customRoleId: customRole.id }, admin)).toEqual(['ROLE_ESCALATION'])
    expect(await codes({ organizationId: newId('org'), userId, role: 'GUEST' })).toEqual(['NOT_FOUND'])
    expect([await told(), await bindingsIn(organization)]).toEqual(before)
  })

  it('lets those who give roles over one object give what they hold there, and no further', async () => {
    const organization = await found(world)
    const [deputy, member] = [await organization.member('MEMBER'), await organization.member('GUEST')]
    const scopeId = newId('prj')
    await grant(organization.owner, organization, { userId: deputy.userId, role: 'ADMIN', scopeId })
    const renewedDeputy = await renewed(world, deputy)
    const give = (input: object) => grant(renewedDeputy, organization, { userId: member.userId, ...input })
    expect(codesOf(await give({ role: 'ORGANIZER', scopeId }))).toEqual([])
    await expect(give({ role: 'ORGANIZER' })).rejects.toThrow('FORBIDDEN')
    await expect(give({ role: 'ORGANIZER', scopeId: newId('prj') })).rejects.toThrow('FORBIDDEN')
    expect(await bindingsIn(organization)).toHaveLength(2)
  })

  it('gives one of ten who give the same', async () => {
    const organization = await found(world)
    const { userId } = await organization.member('GUEST')
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => grant(organization.owner, organization, { userId, role: 'MEMBER' })),
    )
    expect(answers.flatMap(codesOf)).toEqual(Array(9).fill('ALREADY_GRANTED'))
    expect(await bindingsIn(organization)).toHaveLength(1)
  })

  it('lets nobody hold more than a hundred, with those of their teams, however many are given at once', async () => {
    const organization = await found(world)
    const { owner } = organization
    const member = await organization.member('GUEST')
    const teamId = await teamOf(organization, [member])
    const give = (number: number) =>
      grant(owner, organization, {
        role: 'MEMBER',
        scopeId: newId('prj'),
        ...(number % 2 === 0 ? { userId: member.userId } : { teamId }),
      })
    for (let batch = 0; batch < 6; batch++) {
      const answers = await Promise.all(Array.from({ length: 16 }, (_, number) => give(number)))
      expect(answers.flatMap(codesOf)).toEqual([])
    }
    const last = await Promise.all(Array.from({ length: 10 }, (_, number) => give(number)))
    expect(last.flatMap(codesOf)).toEqual(Array(6).fill('TOO_MANY_BINDINGS'))
    expect(await countOf(member)).toBe(100)
    expect(await bindingsIn(organization)).toHaveLength(100)
    expect(Object.keys((await grantOf(member, organization))?.scoped ?? {})).toHaveLength(100)
  })

  it('is denied to members, strangers and those who have not proved who they are', async () => {
    const organization = await found(world)
    const { userId } = await organization.member('MEMBER')
    const before = await told()
    const mutation = `mutation { grantRole(input: { organizationId: "${organization.id}", userId: "${userId}",
      role: GUEST }) { roleBinding { id } } }`
    const codes = async (person: Person) => (await person.run(mutation)).errors.map(({ code }) => code)
    const { owner } = organization
    if (owner.caller.kind !== 'user') throw new Error('not a person')
    expect(await codes(await organization.member('ORGANIZER'))).toEqual(['FORBIDDEN'])
    expect(await codes((await found(world)).owner)).toEqual(['FORBIDDEN'])
    expect(await codes(world.anonymous)).toEqual(['UNAUTHENTICATED'])
    expect(await codes(world.personWith({ ...owner.caller, steppedUpUntilMs: 0 }))).toEqual([
      'STEP_UP_REQUIRED',
    ])
    expect(await bindingsIn(organization)).toEqual([])
    const after = await told()
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2))
  })
})
