import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { membershipChanged, permissionsChanged, roleBindingChanged } from '../contract.ts'
import { members, roleBindings, teamMembers } from '../tables.ts'
import { codesOf, type Founded, found, renewed, teamOf } from './people.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

type Given = { roleBinding: { id: string } }

const grant = (by: Person, { id }: { id: string }, input: object) =>
  by.mutate<Given>('grantRole', { organizationId: id, ...input }, 'roleBinding { id }')
const revoke = (by: Person, id: string) => by.mutate('revokeRole', { id }, 'removedRoleBindingId')
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

describe('revokeRole', () => {
  it('takes back, once, and tells the house', async () => {
    const organization = await found(world)
    const { owner } = organization
    const member = await organization.member('GUEST')
    const teamId = await teamOf(organization, [member])
    const { roleBinding } = await grant(owner, organization, { teamId, role: 'ORGANIZER' })
    const answers = await Promise.all(Array.from({ length: 5 }, () => revoke(owner, roleBinding.id)))
    expect(answers.flatMap(codesOf)).toEqual(Array(4).fill('NOT_FOUND'))
    expect(await countOf(member)).toBe(0)
    expect((await world.published(roleBindingChanged)).at(-1)).toMatchObject({ change: 'REVOKED', teamId })
    expect((await world.published(permissionsChanged)).at(-1)).toMatchObject({ userId: member.userId })
  })

  it('leaves bindings that hold more than the caller, and those of others, and writes nothing', async () => {
    const organization = await found(world)
    const { owner } = organization
    const [admin, member] = [await organization.member('ADMIN'), await organization.member('MEMBER')]
    const { customRole } = await owner.mutate<{ customRole: { id: string } }>(
      'createRole',
      { organizationId: organization.id, name: 'Heir', permissions: ['organizations:own'] },
      'customRole { id }',
    )
    const { roleBinding } = await grant(owner, organization, {
      userId: member.userId,
      customRoleId: customRole.id,
    })
    const before = [await told(), await bindingsIn(organization)]
    expect(codesOf(await revoke(admin, roleBinding.id))).toEqual(['ROLE_ESCALATION'])
    expect(codesOf(await revoke((await found(world)).owner, roleBinding.id))).toEqual(['NOT_FOUND'])
    expect(codesOf(await revoke(owner, 'rbd_nonsense'))).toEqual(['NOT_FOUND'])
    const remove = await admin.mutate('removeMember', { id: member.memberId }, 'removedMemberId')
    expect(codesOf(remove)).toEqual(['ROLE_ESCALATION'])
    expect(await bindingsIn(organization)).toEqual(before[1])
    expect((await told()).slice(0, 2)).toEqual((before[0] ?? []).slice(0, 2))
  })
})

describe('leaving', () => {
  it('ends bindings and places in teams with the membership, also while they are given', async () => {
    const organization = await found(world)
    const { id, owner } = organization
    const member = await organization.member('MEMBER')
    const teamId = await teamOf(organization, [member])
    await grant(owner, organization, { userId: member.userId, role: 'ORGANIZER' })
    await Promise.all([
      member.mutate('leaveOrganization', { organizationId: id }, 'organization { id }'),
      ...Array.from({ length: 5 }, () =>
        grant(owner, organization, { userId: member.userId, role: 'GUEST', scopeId: newId('prj') }),
      ),
      grant(owner, organization, { teamId, role: 'GUEST' }),
    ])
    expect((await bindingsIn(organization)).filter(({ userId }) => userId === member.userId)).toEqual([])
    expect(await world.rows(teamMembers, eq(teamMembers.teamId, teamId))).toEqual([])
    expect(await grantOf(member, organization)).toBeUndefined()
    expect((await world.published(membershipChanged)).at(-1)).toMatchObject({ change: 'LEFT', role: null })
  })
})
