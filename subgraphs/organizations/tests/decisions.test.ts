import { newId } from '@guildhall/kit/ids'
import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rolesOfKind } from '../contract.ts'
import { permissionVocabulary, rolePermissions } from '../roles.ts'
import { found, type Member, renewed, teamOf } from './people.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

interface Answer {
  isAllowed: boolean
  via: {
    kind: string
    role: string | null
    roleBinding: { id: string } | null
    team: { id: string } | null
  }[]
}

const can = async (person: Person, permission: string, objectId: string): Promise<Answer> =>
  (
    await person.run<{ can: Answer }>(
      `query ($permission: String!, $objectId: ID!) { can(permission: $permission, objectId: $objectId) {
         isAllowed via { kind role roleBinding { id } team { id } } } }`,
      { permission, objectId },
    )
  ).data.can

const no = { isAllowed: false, via: [] }

describe('can', () => {
  it('says why: by membership, by a binding, by a team, by leading one', async () => {
    const organization = await found(world)
    const { id: organizationId, owner } = organization
    const member = await organization.member('MEMBER')
    const teamId = await teamOf(organization, [member])
    const give = async (input: object) =>
      (
        await owner.mutate<{ roleBinding: { id: string } }>(
          'grantRole',
          { organizationId, ...input },
          'roleBinding { id }',
        )
      ).roleBinding.id
    const direct = await give({ userId: member.userId, role: 'ORGANIZER', scopeId: teamId })
    const byTeam = await give({ teamId, role: 'ORGANIZER' })
    const input = { teamId, userId: member.userId, role: 'LEAD' }
    await owner.mutate('changeTeamMemberRole', input, 'teamMember { role }')
    const person = await renewed(world, member)
    const none = { role: null, roleBinding: null, team: null }
    const viaTeam = {
      kind: 'ROLE_BINDING',
      role: 'ORGANIZER',
      roleBinding: { id: byTeam },
      team: { id: teamId },
    }
    expect(await can(person, 'members:read', organizationId)).toEqual({
      isAllowed: true,
      via: [{ ...none, kind: 'MEMBERSHIP', role: 'MEMBER' }, viaTeam],
    })
    expect(await can(person, 'events:write', teamId)).toEqual({
      isAllowed: true,
      via: [{ ...none, kind: 'ROLE_BINDING', role: 'ORGANIZER', roleBinding: { id: direct } }, viaTeam],
    })
    expect(await can(person, 'teams:lead', teamId)).toEqual({
      isAllowed: true,
      via: [{ ...none, kind: 'TEAM_LEAD', team: { id: teamId } }],
    })
    expect(await can(person, 'teams:lead', organizationId)).toEqual(no)
    expect(await can(person, 'teams:manage', teamId)).toEqual(no)
  })

  it('asks the domain that owns the object, in the caller’s name', async () => {
    const organization = await found(world)
    const { id: organizationId, owner } = organization
    const { event } = await owner.mutate<{ event: { id: string } }>(
      'createEvent',
      {
        organizationId,
        title: 'Secret',
        kind: 'WORKSHOP',
        timezone: 'Europe/Zurich',
        startsAt: '2040-01-01T00:00:00.000Z',
        endsAt: '2040-01-02T00:00:00.000Z',
      },
      'event { id }',
    )
    expect(await can(owner, 'events:write', event.id)).toMatchObject({ isAllowed: true })
    // A draft, which members do not see: what they hold over the organization says nothing about it.
    expect(await can(await organization.member('MEMBER'), 'members:read', event.id)).toEqual(no)
    expect(await can((await found(world)).owner, 'events:write', event.id)).toEqual(no)
  })

  it('is no for what is not there, belongs to nobody, or means nothing', async () => {
    const { id, owner } = await found(world)
    for (const objectId of [
      'nonsense',
      newId('evt'),
      newId('zzz'),
      owner.userId,
      newId('org'),
      newId('tem'),
    ]) {
      expect(await can(owner, 'members:read', objectId)).toEqual(no)
    }
    expect(await can(owner, 'constructor', id)).toEqual(no)
    const query = `{ can(permission: "members:read", objectId: "${id}") { isAllowed } }`
    expect((await world.anonymous.run(query)).errors.map(({ code }) => code)).toEqual(['UNAUTHENTICATED'])
  })
})

describe('myPermissions', () => {
  const mine = async (person: Person, organizationId: string, objectId: string | null = null) =>
    (
      await person.run<{ myPermissions: string[] | null }>(
        'query ($organizationId: ID!, $objectId: ID) { myPermissions(organizationId: $organizationId, objectId: $objectId) }',
        { organizationId, objectId },
      )
    ).data.myPermissions

  it('lists what holds everywhere, and with an object what holds there besides', async () => {
    const organization = await found(world)
    const guest = await organization.member('GUEST')
    const scopeId = newId('prj')
    const grant = { organizationId: organization.id, userId: guest.userId, role: 'ORGANIZER', scopeId }
    await organization.owner.mutate('grantRole', grant, 'roleBinding { id }')
    const person = await renewed(world, guest)
    expect(await mine(person, organization.id)).toEqual([...rolePermissions.GUEST])
    const both = [...new Set([...rolePermissions.GUEST, ...rolePermissions.ORGANIZER])].sort()
    expect(await mine(person, organization.id, scopeId)).toEqual(both)
    expect(await mine(person, organization.id, 'constructor')).toEqual([...rolePermissions.GUEST])
    expect(await mine(world.person(), organization.id)).toBeNull()
    expect(await mine(person, 'constructor')).toBeNull()
  })
})

describe('canAssignRole', () => {
  it('is yes for roles that the organization has and that hold no more than the caller', async () => {
    const organization = await found(world, 'CITY')
    const admin = await organization.member('ADMIN')
    const asks = async (person: Person, role: string, organizationId = organization.id) =>
      (
        await person.run<{ canAssignRole: boolean }>(
          `{ canAssignRole(organizationId: "${organizationId}", role: ${role}) }`,
        )
      ).data.canAssignRole
    expect(await asks(admin, 'OFFICER')).toBe(true)
    expect(await asks(admin, 'ADMIN')).toBe(true)
    expect(await asks(organization.owner, 'OWNER')).toBe(false)
    expect(await asks(organization.owner, 'ORGANIZER')).toBe(false)
    expect(await asks(await organization.member('MEMBER'), 'ADMIN')).toBe(false)
    expect(await asks((await found(world)).owner, 'GUEST')).toBe(false)
    expect(await asks(admin, 'GUEST', newId('org'))).toBe(false)
  })
})

describe('decisions', () => {
  it('are those that the rules of the house give, whatever was given to whom', async () => {
    const random = seededRandom(20_261_121)
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
    const kind = 'COMMERCE'
    const organization = await found(world, kind)
    const { id: organizationId, owner } = organization
    const vocabulary = [...permissionVocabulary.keys()]
    const roles = rolesOfKind[kind].filter((role) => role !== 'OWNER')
    const people: Member[] = []
    for (let count = 0; count < 6; count++) people.push(await organization.member(pick(roles)))
    const teamIds = await Promise.all([1, 2, 3].map(() => teamOf(organization, [])))
    const objects = [organizationId, ...teamIds]
    /** What each person should hold: `permission@scope`, written down as it is given. */
    const expected = new Map(people.map(({ userId }) => [userId, new Set<string>()]))
    const note = (userId: string, permissions: readonly string[], scope: string | null) => {
      for (const permission of permissions) expected.get(userId)?.add(`${permission}@${scope ?? 'all'}`)
    }
    for (const { userId, caller } of people) {
      const grant = caller.kind === 'user' ? caller.grants[organizationId] : undefined
      note(userId, grant?.permissions ?? [], null)
    }
    const inTeam = new Map(teamIds.map((id) => [id, people.filter(() => random() < 0.4)]))
    for (const [teamId, inside] of inTeam) {
      for (const { userId } of inside) {
        const role = random() < 0.3 ? 'LEAD' : 'MEMBER'
        await owner.mutate('addTeamMember', { teamId, userId, role }, 'teamMember { role }')
        if (role === 'LEAD') note(userId, ['teams:lead'], teamId)
      }
    }
    for (let count = 0; count < 20; count++) {
      const scopeId = pick([null, ...teamIds])
      const isOwn = random() < 0.5
      const permissions = isOwn ? vocabulary.filter(() => random() < 0.2) : []
      const role = pick(roles)
      const { customRole } = await owner.mutate<{ customRole: { id: string } | null }>(
        'createRole',
        { organizationId, name: `Role ${count}`, permissions },
        'customRole { id }',
      )
      const what = customRole ? { customRoleId: customRole.id } : { role }
      const [person, teamId] = [pick(people), pick(teamIds)]
      const isTeam = random() < 0.5
      const whom = isTeam ? { teamId } : { userId: person.userId }
      const { userErrors } = await owner.mutate(
        'grantRole',
        { organizationId, scopeId, ...what, ...whom },
        'roleBinding { id }',
      )
      if (userErrors.length > 0) expect(userErrors).toMatchObject([{ code: 'ALREADY_GRANTED' }])
      const given = customRole ? permissions : rolePermissions[role]
      for (const { userId } of isTeam ? (inTeam.get(teamId) ?? []) : [person]) note(userId, given, scopeId)
    }
    for (const member of people) {
      const person = await renewed(world, member)
      const answers: Record<string, boolean> = {}
      const rules: Record<string, boolean> = {}
      for (const objectId of objects) {
        for (const permission of vocabulary) {
          const held = expected.get(member.userId)
          rules[`${permission} ${objectId}`] =
            held?.has(`${permission}@all`) === true || held?.has(`${permission}@${objectId}`) === true
          const { isAllowed, via } = await can(person, permission, objectId)
          expect(via.length > 0).toBe(isAllowed)
          answers[`${permission} ${objectId}`] = isAllowed
        }
      }
      expect(answers).toEqual(rules)
    }
  })
})
