import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { invitationCreated, membershipChanged, organizationUpdated, rolesOfKind } from '../contract.ts'
import { invitations, members, organizations, roleBindings } from '../tables.ts'
import { codesOf, type Founded, found, invite, registered } from './people.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const become = ({ id, owner }: Founded, kind: string) =>
  owner.mutate('updateOrganization', { id, kind }, 'organization { kind availableRoles }')
const kindOf = async ({ id }: Founded) =>
  (await world.rows(organizations, eq(organizations.id, id)))[0]?.kind ?? 'TEAM'

describe('roles of a kind', () => {
  it('are told by the organization', async () => {
    const organization = await found(world, 'TEAM')
    expect(await become(organization, 'COMMERCE')).toEqual({
      organization: {
        kind: 'COMMERCE',
        availableRoles: ['OWNER', 'ADMIN', 'BILLING', 'MANAGER', 'BUYER', 'FULFILLER', 'MEMBER', 'GUEST'],
      },
      userErrors: [],
    })
  })

  it('are the only ones that are given, wherever roles are given', async () => {
    const organization = await found(world, 'MAKERSPACE')
    const { id, owner } = organization
    const member = await organization.member('TECHNICIAN')
    const before = await told()
    const change = { id: member.memberId, role: 'OFFICER' }
    expect(codesOf(await owner.mutate('changeMemberRole', change, 'member { id }'))).toEqual([
      'ROLE_NOT_AVAILABLE',
    ])
    const invitation = { organizationId: id, email: 'a@example.org', role: 'BUYER' }
    expect(codesOf(await owner.mutate('inviteMember', invitation, 'token'))).toEqual(['ROLE_NOT_AVAILABLE'])
    const grant = { organizationId: id, userId: member.userId, role: 'ORGANIZER' }
    expect(codesOf(await owner.mutate('grantRole', grant, 'roleBinding { id }'))).toEqual([
      'ROLE_NOT_AVAILABLE',
    ])
    expect(await world.rows(invitations, eq(invitations.organizationId, id))).toEqual([])
    expect(await world.rows(roleBindings, eq(roleBindings.organizationId, id))).toEqual([])
    expect(await world.rows(members, eq(members.id, member.memberId))).toMatchObject([{ role: 'TECHNICIAN' }])
    expect(await told()).toEqual(before)
  })

  it('keep the kind while a member, an open invitation or a binding has one that the other kind lacks', async () => {
    const withMember = await found(world)
    await withMember.member('ORGANIZER')
    const withInvitation = await found(world)
    await invite(withInvitation, 'b@example.org', 'ORGANIZER')
    const withBinding = await found(world)
    const { userId } = await withBinding.member('GUEST')
    const grant = { organizationId: withBinding.id, userId, role: 'ORGANIZER' }
    await withBinding.owner.mutate('grantRole', grant, 'roleBinding { id }')
    const before = await told()
    for (const organization of [withMember, withInvitation, withBinding]) {
      expect(codesOf(await become(organization, 'CITY'))).toEqual(['KIND_IN_USE'])
      expect(await kindOf(organization)).toBe('INNOVATION')
    }
    expect(await told()).toEqual(before)
    world.clock.advance(14 * 24 * 60 * 60 * 1000)
    expect(codesOf(await become(withInvitation, 'CITY'))).toEqual([])
  })

  it('stay right when the kind changes while roles are given', async () => {
    for (let round = 0; round < 5; round++) {
      const organization = await found(world)
      const { id, owner } = organization
      const plain = await Promise.all([1, 2, 3, 4].map(() => organization.member('MEMBER')))
      const somebody = await registered(world)
      const { token } = await invite(organization, somebody.email)
      const [bound, ...promoted] = plain
      await Promise.all([
        become(organization, 'CITY'),
        ...promoted.map(({ memberId }) =>
          owner.mutate('changeMemberRole', { id: memberId, role: 'ORGANIZER' }, 'member { id }'),
        ),
        somebody.mutate('acceptInvitation', { token }, 'member { id }'),
        owner.mutate(
          'inviteMember',
          { organizationId: id, email: 'c@example.org', role: 'ORGANIZER' },
          'token',
        ),
        owner.mutate(
          'grantRole',
          { organizationId: id, userId: bound?.userId, role: 'ORGANIZER' },
          'roleBinding { id }',
        ),
        become(organization, 'TEAM'),
      ])
      const kind = await kindOf(organization)
      const used = [
        ...(await world.rows(members, eq(members.organizationId, id))),
        ...(await world.rows(invitations, eq(invitations.organizationId, id))),
        ...(await world.rows(roleBindings, eq(roleBindings.organizationId, id))),
      ].map(({ role }) => role)
      expect(used.filter((role) => role && !rolesOfKind[kind].includes(role))).toEqual([])
    }
  })
})

const told = async () => [
  await world.published(membershipChanged),
  await world.published(invitationCreated),
  await world.published(organizationUpdated),
]
