import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { permissionsChanged, teamChanged, teamMembershipChanged } from '../contract.ts'
import { members, roleBindings, teamMembers, teams } from '../tables.ts'
import { codesOf, type Founded, found, renewed, teamOf } from './people.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const selection = 'team { id name description version organization { name } members { totalCount } }'
const create = (by: Person, { id }: Founded, name = 'Crew') =>
  by.mutate<{ team: { id: string } }>(
    'createTeam',
    { organizationId: id, name, description: ' Ours. ' },
    selection,
  )
const add = (by: Person, teamId: string, { userId }: Person, role = 'MEMBER') =>
  by.mutate('addTeamMember', { teamId, userId, role }, 'teamMember { role user { id } team { id } }')
const take = (by: Person, teamId: string, { userId }: Person) =>
  by.mutate('removeTeamMember', { teamId, userId }, 'team { members { totalCount } }')
const change = (by: Person, teamId: string, { userId }: Person, role: string) =>
  by.mutate('changeTeamMemberRole', { teamId, userId, role }, 'teamMember { role }')
const inTeam = async (teamId: string) =>
  (await world.rows(teamMembers, eq(teamMembers.teamId, teamId))).map(({ role }) => role).sort()
const countOf = async ({ memberId }: { memberId: string }) =>
  (await world.rows(members, eq(members.id, memberId)))[0]?.bindingCount
const told = async () => [
  await world.published(teamChanged),
  await world.published(teamMembershipChanged),
  await world.published(permissionsChanged),
]

describe('teams', () => {
  it('are made, changed and deleted by those who manage teams, and the house is told', async () => {
    const organization = await found(world)
    const { owner } = organization
    const { team } = await create(owner, organization)
    expect(team).toEqual({
      id: expect.stringMatching(/^tem_/),
      name: 'Crew',
      description: 'Ours.',
      version: 1,
      organization: { name: organization.name },
      members: { totalCount: 0 },
    })
    const { id } = team
    expect(await owner.mutate('updateTeam', { id, name: 'Staff' }, selection)).toMatchObject({
      team: { name: 'Staff', description: 'Ours.', version: 2 },
    })
    expect(await owner.mutate('deleteTeam', { id }, 'removedTeamId')).toEqual({
      removedTeamId: id,
      userErrors: [],
    })
    expect(codesOf(await owner.mutate('deleteTeam', { id }, 'removedTeamId'))).toEqual(['NOT_FOUND'])
    const facts = { teamId: id, organizationId: organization.id, actorId: owner.userId }
    expect(await world.published(teamChanged)).toEqual([
      { ...facts, name: 'Crew', change: 'CREATED' },
      { ...facts, name: 'Staff', change: 'UPDATED' },
      { ...facts, name: 'Staff', change: 'DELETED' },
    ])
    expect(await world.rows(teams, eq(teams.id, id))).toEqual([])
  })

  it('are seen by members alone, by name, and with the person', async () => {
    const organization = await found(world)
    const guest = await organization.member('GUEST')
    const { owner } = organization
    await create(owner, organization, 'Zebras')
    const { team } = await create(owner, organization, 'Ants')
    await add(owner, team.id, guest, 'LEAD')
    const query = `{ organization(id: "${organization.id}") { teams { totalCount nodes { name } } } }`
    const page = { totalCount: 2, nodes: [{ name: 'Ants' }, { name: 'Zebras' }] }
    expect((await guest.run(query)).data).toEqual({ organization: { teams: page } })
    expect((await world.person().run(query)).data).toEqual({ organization: { teams: null } })
    const placesSeenBy = (person: Person) =>
      person.entity(
        'organizations',
        'User',
        guest.userId,
        'teams { totalCount nodes { role team { name } } }',
      )
    const places = { totalCount: 1, nodes: [{ role: 'LEAD', team: { name: 'Ants' } }] }
    expect(await placesSeenBy(guest)).toEqual({ teams: places })
    expect(await placesSeenBy(owner)).toEqual({ teams: places })
    expect(await placesSeenBy(world.person())).toEqual({ teams: { totalCount: 0, nodes: [] } })
    expect(await placesSeenBy(world.anonymous)).toEqual({ teams: { totalCount: 0, nodes: [] } })
    expect(await world.person().entity('organizations', 'Team', team.id, 'name')).toBeNull()
  })

  it('refuse what cannot be, and write nothing', async () => {
    const organization = await found(world)
    const { owner } = organization
    const { team } = await create(owner, organization)
    await create(owner, organization, 'Other')
    const before = [await told(), await world.rows(teams, eq(teams.organizationId, organization.id))]
    const update = (input: object) => owner.mutate('updateTeam', { id: team.id, ...input }, selection)
    expect(codesOf(await create(owner, organization, 'CREW'))).toEqual(['NAME_TAKEN'])
    expect(codesOf(await create(owner, organization, 'x'.repeat(61)))).toEqual(['TOO_LONG'])
    expect(codesOf(await update({ name: 'other' }))).toEqual(['NAME_TAKEN'])
    expect(codesOf(await update({ name: 'Late', expectedVersion: 5 }))).toEqual(['VERSION_CONFLICT'])
    expect(codesOf(await update({ id: 'tem_nonsense' }))).toEqual(['NOT_FOUND'])
    expect([await told(), await world.rows(teams, eq(teams.organizationId, organization.id))]).toEqual(before)
  })

  it('are denied to members and strangers', async () => {
    const organization = await found(world)
    const { team } = await create(organization.owner, organization)
    const member = await organization.member('MEMBER')
    const before = await told()
    const { owner: stranger } = await found(world)
    await expect(create(member, organization)).rejects.toThrow('FORBIDDEN')
    await expect(create(stranger, organization)).rejects.toThrow('FORBIDDEN')
    await expect(add(member, team.id, member)).rejects.toThrow('FORBIDDEN')
    await expect(take(member, team.id, organization.owner)).rejects.toThrow('FORBIDDEN')
    expect(codesOf(await add(stranger, team.id, stranger))).toEqual(['NOT_FOUND'])
    expect(codesOf(await stranger.mutate('deleteTeam', { id: team.id }, 'removedTeamId'))).toEqual([
      'NOT_FOUND',
    ])
    expect(await inTeam(team.id)).toEqual([])
    expect((await told()).slice(0, 2)).toEqual(before.slice(0, 2))
  })
})

describe('members of teams', () => {
  it('are put in by leads, for that team alone', async () => {
    const organization = await found(world)
    const { owner } = organization
    const [lead, member] = [await organization.member('GUEST'), await organization.member('GUEST')]
    const [own, other] = [await teamOf(organization, []), await teamOf(organization, [])]
    expect(await add(owner, own, lead, 'LEAD')).toEqual({
      teamMember: { role: 'LEAD', user: { id: lead.userId }, team: { id: own } },
      userErrors: [],
    })
    expect((await told())[1]?.at(-1)).toEqual({
      teamId: own,
      organizationId: organization.id,
      userId: lead.userId,
      role: 'LEAD',
      change: 'JOINED',
      actorId: owner.userId,
    })
    expect(await countOf(lead)).toBe(1)
    const leading = await renewed(world, lead)
    expect(codesOf(await add(leading, own, member))).toEqual([])
    expect(codesOf(await change(leading, own, member, 'LEAD'))).toEqual([])
    expect(codesOf(await change(leading, own, member, 'MEMBER'))).toEqual([])
    expect(await countOf(member)).toBe(0)
    await expect(add(leading, other, member)).rejects.toThrow('FORBIDDEN')
    await expect(leading.mutate('deleteTeam', { id: own }, 'removedTeamId')).rejects.toThrow('FORBIDDEN')
    expect(codesOf(await take(leading, own, member))).toEqual([])
    expect(await inTeam(own)).toEqual(['LEAD'])
  })

  it('leave by themselves', async () => {
    const organization = await found(world)
    const member = await organization.member('GUEST')
    const teamId = await teamOf(organization, [member])
    expect(await take(member, teamId, member)).toEqual({
      team: { members: { totalCount: 0 } },
      userErrors: [],
    })
    expect((await told())[1]?.at(-1)).toMatchObject({ change: 'LEFT', role: null, userId: member.userId })
    expect(codesOf(await take(member, teamId, member))).toEqual(['NOT_A_MEMBER'])
  })

  it('belong to the organization, and are in it once', async () => {
    const organization = await found(world)
    const { owner } = organization
    const member = await organization.member('GUEST')
    const teamId = await teamOf(organization, [])
    const stranger = (await found(world)).owner
    expect(codesOf(await add(owner, teamId, stranger))).toEqual(['NOT_A_MEMBER'])
    expect(codesOf(await change(owner, teamId, stranger, 'LEAD'))).toEqual(['NOT_A_MEMBER'])
    const answers = await Promise.all(Array.from({ length: 10 }, () => add(owner, teamId, member)))
    expect(answers.flatMap(codesOf)).toEqual(Array(9).fill('ALREADY_IN_TEAM'))
    expect(await inTeam(teamId)).toEqual(['MEMBER'])
  })

  it('hold what the team was given, which nobody can reach for who does not hold it', async () => {
    const organization = await found(world)
    const { id: organizationId, owner } = organization
    const [keeper, member] = [await organization.member('GUEST'), await organization.member('GUEST')]
    const { customRole } = await owner.mutate<{ customRole: { id: string } }>(
      'createRole',
      { organizationId, name: 'Team keeper', permissions: ['teams:manage'] },
      'customRole { id }',
    )
    const keeping = { organizationId, userId: keeper.userId, customRoleId: customRole.id }
    await owner.mutate('grantRole', keeping, 'roleBinding { id }')
    const teamId = await teamOf(organization, [member])
    await owner.mutate('grantRole', { organizationId, teamId, role: 'ADMIN' }, 'roleBinding { id }')
    const before = await told()
    const renewedKeeper = await renewed(world, keeper)
    expect(codesOf(await add(renewedKeeper, teamId, keeper))).toEqual(['ROLE_ESCALATION'])
    expect(codesOf(await take(renewedKeeper, teamId, member))).toEqual(['ROLE_ESCALATION'])
    const removal = await renewedKeeper.mutate('deleteTeam', { id: teamId }, 'removedTeamId')
    expect(codesOf(removal)).toEqual(['ROLE_ESCALATION'])
    expect(await inTeam(teamId)).toEqual(['MEMBER'])
    expect(await told()).toEqual(before)
  })

  it('lose with the team what they had by it, and others what they had over it', async () => {
    const organization = await found(world)
    const { id: organizationId, owner } = organization
    const people = await Promise.all(['GUEST', 'GUEST', 'GUEST'].map(() => organization.member('GUEST')))
    const [lead, plain, outside] = people
    if (!lead || !plain || !outside) throw new Error('no people')
    const teamId = await teamOf(organization, [plain])
    const otherTeam = await teamOf(organization, [outside])
    await add(owner, teamId, lead, 'LEAD')
    const give = (input: object) =>
      owner.mutate('grantRole', { organizationId, role: 'ORGANIZER', ...input }, 'roleBinding { id }')
    await give({ teamId })
    await give({ teamId: otherTeam, scopeId: teamId })
    expect(await Promise.all(people.map(countOf))).toEqual([2, 1, 1])
    const before = (await world.published(permissionsChanged)).length
    await owner.mutate('deleteTeam', { id: teamId }, 'removedTeamId')
    expect(await Promise.all(people.map(countOf))).toEqual([0, 0, 0])
    expect(await world.rows(roleBindings, eq(roleBindings.organizationId, organizationId))).toEqual([])
    const affected = (await world.published(permissionsChanged)).slice(before).map(({ userId }) => userId)
    expect(affected.sort()).toEqual(people.map(({ userId }) => userId).sort())
  })

  it('are counted right when they come and go while the team is given roles', async () => {
    const organization = await found(world)
    const { id: organizationId, owner } = organization
    const people = await Promise.all([1, 2, 3, 4].map(() => organization.member('GUEST')))
    const teamId = await teamOf(organization, people.slice(0, 2))
    const { roleBinding } = await owner.mutate<{ roleBinding: { id: string } }>(
      'grantRole',
      { organizationId, teamId, role: 'MEMBER' },
      'roleBinding { id }',
    )
    await Promise.all([
      ...people.map((person, at) =>
        at < 2 ? take(owner, teamId, person) : add(owner, teamId, person, 'LEAD'),
      ),
      owner.mutate('revokeRole', { id: roleBinding.id }, 'removedRoleBindingId'),
      ...['BILLING', 'ORGANIZER'].map((role) =>
        owner.mutate('grantRole', { organizationId, teamId, role }, 'roleBinding { id }'),
      ),
      ...people.map((person) => change(owner, teamId, person, 'LEAD')),
    ])
    for (const person of people) {
      const { caller } = await renewed(world, person)
      const scoped = caller.kind === 'user' ? Object.keys(caller.grants[organizationId]?.scoped ?? {}) : []
      const isIn = (await world.rows(teamMembers, eq(teamMembers.userId, person.userId))).length
      expect(await countOf(person)).toBe(isIn * 2 + scoped.length)
    }
  })
})
