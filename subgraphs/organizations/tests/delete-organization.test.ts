import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq, inArray } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  invitationDecided,
  membershipChanged,
  organizationClosed,
  organizationClosing,
  organizationRestored,
} from '../contract.ts'
import { customRoles, invitations, members, organizations, people, roleBindings, teams } from '../tables.ts'
import { codesOf, type Founded, found, invite, registered, teamOf } from './people.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const day = 24 * 60 * 60 * 1000
const selection = 'organization { status closesAt version }'
const rowOf = async ({ id }: Founded) => (await world.rows(organizations, eq(organizations.id, id)))[0]
const end = async (by: Person, organization: Founded, slug?: string) =>
  by.mutate(
    'deleteOrganization',
    { organizationId: organization.id, slug: slug ?? (await rowOf(organization))?.slug },
    selection,
  )
const restore = (by: Person, { id }: Founded) =>
  by.mutate('restoreOrganization', { organizationId: id }, selection)
const sweep = async () => {
  const runtime = world.host.subgraphs.organizations
  for (const schedule of runtime?.definition.schedules ?? []) {
    if (schedule.name === 'organizations.closeDue') await schedule.run(runtime?.ownContext() as never)
  }
}
const told = async () => [
  await world.published(organizationClosing),
  await world.published(organizationRestored),
  await world.published(organizationClosed),
]

describe('deleteOrganization', () => {
  it('begins the end, tells the house, and takes nobody in meanwhile', async () => {
    const organization = await found(world)
    const { id, owner } = organization
    const somebody = await registered(world)
    const { token, id: invitationId } = await invite(organization, somebody.email)
    const closesAt = new Date(world.clock.now().getTime() + 14 * day).toISOString()
    expect(await end(owner, organization)).toEqual({
      organization: { status: 'CLOSING', closesAt, version: 2 },
      userErrors: [],
    })
    expect((await world.published(organizationClosing)).at(-1)).toEqual({
      organizationId: id,
      name: organization.name,
      closesAt,
      actorId: owner.userId,
    })
    const before = await world.rows(invitations, eq(invitations.organizationId, id))
    const invitation = { organizationId: id, email: 'late@example.org' }
    expect(codesOf(await owner.mutate('inviteMember', invitation, 'token'))).toEqual(['ORGANIZATION_CLOSING'])
    expect(codesOf(await owner.mutate('resendInvitation', { id: invitationId }, 'token'))).toEqual([
      'ORGANIZATION_CLOSING',
    ])
    expect(codesOf(await somebody.mutate('acceptInvitation', { token }, 'member { id }'))).toEqual([
      'ORGANIZATION_CLOSING',
    ])
    expect(await world.rows(invitations, eq(invitations.organizationId, id))).toEqual(before)
    expect(codesOf(await restore(owner, organization))).toEqual([])
    expect(codesOf(await somebody.mutate('acceptInvitation', { token }, 'member { id }'))).toEqual([])
  })

  it('ends it when the grace is over: nobody belongs to it or sees it, and its slug is free', async () => {
    const organization = await found(world)
    const { id, owner } = organization
    const member = await organization.member('MEMBER')
    const { token } = await invite(organization, 'late@example.org')
    const teamId = await teamOf(organization, [member])
    await owner.mutate(
      'createRole',
      { organizationId: id, name: 'Judge', permissions: ['members:read'] },
      'customRole { id }',
    )
    await owner.mutate('grantRole', { organizationId: id, teamId, role: 'ORGANIZER' }, 'roleBinding { id }')
    const slug = (await rowOf(organization))?.slug
    await end(owner, organization)
    world.clock.advance(14 * day - 1)
    await sweep()
    expect((await rowOf(organization))?.status).toBe('CLOSING')
    world.clock.advance(1)
    expect(codesOf(await restore(owner, organization))).toEqual(['INVALID_STATE_TRANSITION'])
    const before = (await world.published(membershipChanged)).length
    await Promise.all([sweep(), sweep(), sweep()])
    expect(await rowOf(organization)).toMatchObject({ status: 'CLOSED', ownerCount: 0, closesAt: null })
    expect(
      (await world.published(organizationClosed)).filter(({ organizationId }) => organizationId === id),
    ).toEqual([{ organizationId: id, name: organization.name, actorId: null }])
    const ended = (await world.published(membershipChanged)).slice(before)
    expect(ended.filter(({ organizationId }) => organizationId === id)).toHaveLength(2)
    expect(ended).toContainEqual({
      organizationId: id,
      organizationName: organization.name,
      userId: member.userId,
      role: null,
      change: 'REMOVED',
      version: 2,
      actorId: null,
    })
    expect((await world.published(invitationDecided)).at(-1)).toMatchObject({ status: 'REVOKED' })
    for (const table of [members, invitations, teams, customRoles, roleBindings]) {
      expect(await world.rows(table, eq(table.organizationId, id))).toEqual([])
    }
    expect(await world.rows(people, inArray(people.userId, [owner.userId, member.userId]))).toMatchObject([
      { organizationCount: 0 },
      { organizationCount: 0 },
    ])
    for (const person of [owner, world.anonymous, world.service]) {
      const query = `{ organization(id: "${id}") { id } organizationInvitation(token: "${token}") { id } }`
      expect((await person.run(query)).data).toEqual({ organization: null, organizationInvitation: null })
      expect(await person.entity('organizations', 'Organization', id, 'id')).toBeNull()
    }
    const again = await world
      .person()
      .mutate('createOrganization', { name: 'Heirs', slug, kind: 'TEAM' }, 'organization { slug }')
    expect(again).toEqual({ organization: { slug }, userErrors: [] })
    expect(codesOf(await end(owner, organization))).toEqual(['NOT_FOUND'])
    const change = { id, name: 'Undead' }
    expect(codesOf(await owner.mutate('updateOrganization', change, 'organization { id }'))).toEqual([
      'NOT_FOUND',
    ])
  })

  it('is begun by one of five, and called off by one of five', async () => {
    const organization = await found(world)
    const { owner } = organization
    const before = await told()
    const five = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: 5 }, work))
    expect((await five(() => end(owner, organization))).flatMap(codesOf)).toEqual(
      Array(4).fill('INVALID_STATE_TRANSITION'),
    )
    const answers = await five(() => restore(owner, organization))
    expect(answers.flatMap(codesOf)).toEqual(Array(4).fill('INVALID_STATE_TRANSITION'))
    expect((await told()).map((events, at) => events.length - (before[at]?.length ?? 0))).toEqual([1, 1, 0])
    expect(await rowOf(organization)).toMatchObject({ status: 'ACTIVE', closesAt: null, version: 3 })
  })

  it('stays right when people come while its end begins, and go while it ends', async () => {
    for (let round = 0; round < 3; round++) {
      const organization = await found(world)
      const { id, owner } = organization
      const guests = await Promise.all([1, 2, 3, 4].map(() => registered(world)))
      const tokens = await Promise.all(
        guests.map(async ({ email }) => (await invite(organization, email)).token),
      )
      const leaver = await organization.member('MEMBER')
      const [, ...answers] = await Promise.all([
        end(owner, organization),
        ...guests.map((guest, at) =>
          guest.mutate('acceptInvitation', { token: tokens[at] }, 'member { id }'),
        ),
      ])
      const refused = answers.flatMap(codesOf)
      expect(refused).toEqual(Array(refused.length).fill('ORGANIZATION_CLOSING'))
      expect(await world.rows(members, eq(members.organizationId, id))).toHaveLength(6 - refused.length)
      world.clock.advance(14 * day)
      await Promise.all([
        sweep(),
        leaver.mutate('leaveOrganization', { organizationId: id }, 'organization { id }'),
        sweep(),
        teamOf(organization, []).catch(() => 'closed already'),
      ])
      expect(await world.rows(members, eq(members.organizationId, id))).toEqual([])
      expect(await world.rows(teams, eq(teams.organizationId, id))).toEqual([])
      expect(await rowOf(organization)).toMatchObject({ status: 'CLOSED', ownerCount: 0 })
      const everybody = [owner, leaver, ...guests].map(({ userId }) => userId)
      const counts = await world.rows(people, inArray(people.userId, everybody))
      expect(counts.filter(({ organizationCount }) => organizationCount !== 0)).toEqual([])
    }
  })

  it('wants the slug, and is denied to admins, strangers and those who have not proved who they are', async () => {
    const organization = await found(world)
    const { owner } = organization
    const admin = await organization.member('ADMIN')
    const { owner: stranger } = await found(world)
    if (owner.caller.kind !== 'user') throw new Error('not a person')
    const before = await told()
    expect(codesOf(await end(owner, organization, 'another'))).toEqual(['CONFIRMATION_MISMATCH'])
    await expect(end(admin, organization)).rejects.toThrow('FORBIDDEN')
    await expect(restore(admin, organization)).rejects.toThrow('FORBIDDEN')
    await expect(end(stranger, organization)).rejects.toThrow('FORBIDDEN')
    const tired = world.personWith({ ...owner.caller, steppedUpUntilMs: 0 })
    await expect(end(tired, organization)).rejects.toThrow('STEP_UP_REQUIRED')
    expect(codesOf(await restore(owner, organization))).toEqual(['INVALID_STATE_TRANSITION'])
    expect(await rowOf(organization)).toMatchObject({ status: 'ACTIVE', version: 1 })
    expect(await told()).toEqual(before)
  })
})
