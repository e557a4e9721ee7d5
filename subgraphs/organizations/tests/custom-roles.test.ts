import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { customRoleChanged, permissionsChanged } from '../contract.ts'
import { permissionVocabulary } from '../roles.ts'
import { customRoles, organizations } from '../tables.ts'
import { codesOf, type Founded, found } from './people.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

type Made = { customRole: { id: string } }

const selection = 'customRole { id name description permissions version organization { name } }'
const create = (by: Person, { id }: Founded, input: object = {}) =>
  by.mutate<Made>(
    'createRole',
    { organizationId: id, name: 'Judge', permissions: ['events:write'], ...input },
    selection,
  )
const update = (by: Person, input: object) => by.mutate<Made>('updateRole', input, selection)
const remove = (by: Person, id: string) => by.mutate('deleteRole', { id }, 'removedRoleId')
const rolesOf = ({ id }: Founded) => world.rows(customRoles, eq(customRoles.organizationId, id))
const told = async () => [await world.published(customRoleChanged), await world.published(permissionsChanged)]

describe('createRole', () => {
  it('makes a role out of permissions, seen by members, and tells the house', async () => {
    const organization = await found(world)
    const guest = await organization.member('GUEST')
    const wanted = {
      name: ' Judge ',
      description: ' Decides. ',
      permissions: ['projects:manage', 'events:write', 'events:write'],
    }
    const { customRole, userErrors } = await create(organization.owner, organization, wanted)
    expect(userErrors).toEqual([])
    expect(customRole).toEqual({
      id: expect.stringMatching(/^rol_/),
      name: 'Judge',
      description: 'Decides.',
      permissions: ['events:write', 'projects:manage'],
      version: 1,
      organization: { name: organization.name },
    })
    expect((await world.published(customRoleChanged)).at(-1)).toEqual({
      customRoleId: customRole.id,
      organizationId: organization.id,
      name: 'Judge',
      permissions: ['events:write', 'projects:manage'],
      change: 'CREATED',
      actorId: organization.owner.userId,
    })
    const query = `{ organization(id: "${organization.id}") { customRoles { id } } }`
    const list = async (person: Person) =>
      (await person.run<{ organization: unknown }>(query)).data.organization
    expect(await list(guest)).toEqual({ customRoles: [{ id: customRole.id }] })
    expect(await list(world.person())).toEqual({ customRoles: null })
    expect(await guest.entity('organizations', 'OrganizationCustomRole', customRole.id, 'name')).toEqual({
      name: 'Judge',
    })
    expect(
      await world.person().entity('organizations', 'OrganizationCustomRole', customRole.id, 'name'),
    ).toBeNull()
  })

  it('refuses what cannot be, and writes nothing', async () => {
    const organization = await found(world)
    const admin = await organization.member('ADMIN')
    await create(organization.owner, organization)
    const before = await told()
    const tryTo = (input: object, by: Person = organization.owner) =>
      create(by, organization, { name: 'Other', ...input })
    expect(codesOf(await tryTo({ name: ' ' }))).toEqual(['TOO_SHORT'])
    expect(codesOf(await tryTo({ name: 'judge' }))).toEqual(['NAME_TAKEN'])
    expect(codesOf(await tryTo({ permissions: [] }))).toEqual(['INVALID_VALUE'])
    expect((await tryTo({ permissions: ['events:write', 'constructor'] })).userErrors).toMatchObject([
      { code: 'UNKNOWN_PERMISSION', path: ['input', 'permissions', '1'] },
    ])
    expect(codesOf(await tryTo({ permissions: ['organizations:own'] }, admin))).toEqual(['ROLE_ESCALATION'])
    expect(codesOf(await tryTo({ organizationId: 'org_nonsense' }))).toEqual(['NOT_FOUND'])
    expect((await rolesOf(organization)).map(({ name }) => name)).toEqual(['Judge'])
    expect(await told()).toEqual(before)
  })

  it('makes fifty and no more, and one of ten that want one name', async () => {
    const organization = await found(world)
    const sameName = await Promise.all(
      Array.from({ length: 10 }, () => create(organization.owner, organization)),
    )
    expect(sameName.flatMap(codesOf)).toEqual(Array(9).fill('NAME_TAKEN'))
    for (let batch = 0; batch < 4; batch++) {
      const names = Array.from({ length: 13 }, (_, number) => `Role ${batch} ${number}`)
      const made = await Promise.all(names.map((name) => create(organization.owner, organization, { name })))
      expect(made.flatMap(codesOf)).toEqual(
        batch < 3 ? [] : ['TOO_MANY_ROLES', 'TOO_MANY_ROLES', 'TOO_MANY_ROLES'],
      )
    }
    expect(await rolesOf(organization)).toHaveLength(50)
  })

  it('is denied to members, strangers and those who have not proved who they are', async () => {
    const organization = await found(world)
    const before = await told()
    const mutation = `mutation { createRole(input: { organizationId: "${organization.id}", name: "X",
      permissions: ["members:read"] }) { customRole { id } } }`
    const codes = async (person: Person) => (await person.run(mutation)).errors.map(({ code }) => code)
    expect(await codes(await organization.member('ORGANIZER'))).toEqual(['FORBIDDEN'])
    expect(await codes((await found(world)).owner)).toEqual(['FORBIDDEN'])
    expect(await codes(world.anonymous)).toEqual(['UNAUTHENTICATED'])
    const { owner } = organization
    if (owner.caller.kind !== 'user') throw new Error('not a person')
    expect(await codes(world.personWith({ ...owner.caller, steppedUpUntilMs: 0 }))).toEqual([
      'STEP_UP_REQUIRED',
    ])
    expect(await rolesOf(organization)).toEqual([])
    expect(await told()).toEqual(before)
  })
})

describe('updateRole', () => {
  it('changes what is given, and tells those who hold it when they may do other things', async () => {
    const organization = await found(world)
    const { id: organizationId, owner } = organization
    const member = await organization.member('MEMBER')
    const { customRole } = await create(owner, organization)
    const grant = { organizationId, userId: member.userId, customRoleId: customRole.id }
    await owner.mutate('grantRole', grant, 'roleBinding { id }')
    const [, before] = await told()
    await update(owner, { id: customRole.id, name: 'Jury' })
    expect((await told())[1]).toEqual(before)
    const permissions = ['projects:manage']
    expect(await update(owner, { id: customRole.id, permissions, expectedVersion: 2 })).toMatchObject({
      customRole: { name: 'Jury', permissions, version: 3 },
      userErrors: [],
    })
    expect((await world.published(permissionsChanged)).at(-1)).toEqual({
      organizationId,
      userId: member.userId,
      cause: 'CUSTOM_ROLE',
      actorId: owner.userId,
    })
  })

  it('lets nobody touch a role that holds more than they do, and writes nothing', async () => {
    const organization = await found(world)
    const admin = await organization.member('ADMIN')
    const { owner } = organization
    const { customRole } = await create(owner, organization, { permissions: ['organizations:own'] })
    const { customRole: own } = await create(admin, organization, { name: 'Small' })
    const before = [await told(), await rolesOf(organization)]
    expect(codesOf(await update(admin, { id: customRole.id, permissions: ['members:read'] }))).toEqual([
      'ROLE_ESCALATION',
    ])
    expect(codesOf(await update(admin, { id: own.id, permissions: ['organizations:own'] }))).toEqual([
      'ROLE_ESCALATION',
    ])
    expect(codesOf(await remove(admin, customRole.id))).toEqual(['ROLE_ESCALATION'])
    expect(codesOf(await update(owner, { id: own.id, name: 'Late', expectedVersion: 7 }))).toEqual([
      'VERSION_CONFLICT',
    ])
    expect(codesOf(await update((await found(world)).owner, { id: own.id, name: 'Mine' }))).toEqual([
      'NOT_FOUND',
    ])
    expect([await told(), await rolesOf(organization)]).toEqual(before)
  })

  it('lets one of five rivals through who have seen the same version', async () => {
    const organization = await found(world)
    const { customRole } = await create(organization.owner, organization)
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map((rival) =>
        update(organization.owner, { id: customRole.id, name: `Rival ${rival}`, expectedVersion: 1 }),
      ),
    )
    expect(answers.flatMap(codesOf)).toEqual(Array(4).fill('VERSION_CONFLICT'))
  })
})

describe('deleteRole', () => {
  it('deletes what nobody is given, and makes room', async () => {
    const organization = await found(world)
    const { owner } = organization
    const { customRole } = await create(owner, organization)
    const grant = { organizationId: organization.id, userId: owner.userId, customRoleId: customRole.id }
    const { roleBinding } = await owner.mutate<{ roleBinding: { id: string } }>(
      'grantRole',
      grant,
      'roleBinding { id }',
    )
    const before = await told()
    expect(codesOf(await remove(owner, customRole.id))).toEqual(['ROLE_IN_USE'])
    expect(await told()).toEqual(before)
    await owner.mutate('revokeRole', { id: roleBinding.id }, 'removedRoleBindingId')
    expect(await remove(owner, customRole.id)).toEqual({ removedRoleId: customRole.id, userErrors: [] })
    expect(codesOf(await remove(owner, customRole.id))).toEqual(['NOT_FOUND'])
    expect(await world.rows(organizations, eq(organizations.id, organization.id))).toMatchObject([
      { customRoleCount: 0 },
    ])
  })

  it('either deletes or is given, when both are asked at once', async () => {
    for (let round = 0; round < 5; round++) {
      const organization = await found(world)
      const { owner } = organization
      const { customRole } = await create(owner, organization)
      const grant = { organizationId: organization.id, userId: owner.userId, customRoleId: customRole.id }
      const [removed, given] = await Promise.all([
        remove(owner, customRole.id),
        owner.mutate('grantRole', grant, 'roleBinding { id }'),
      ])
      expect([...codesOf(removed), ...codesOf(given)]).toHaveLength(1)
    }
  })
})

describe('organizationPermissions', () => {
  it('is the vocabulary of all domains', async () => {
    const query = '{ organizationPermissions { name description heldBy } }'
    const { data } = await world.person().run<{ organizationPermissions: { name: string }[] }>(query)
    expect(data.organizationPermissions.map(({ name }) => name)).toEqual([...permissionVocabulary.keys()])
    expect(data.organizationPermissions).toContainEqual({
      name: 'roles:manage',
      description: expect.stringContaining('roles'),
      heldBy: ['OWNER', 'ADMIN'],
    })
    expect((await world.anonymous.run(query)).errors.map(({ code }) => code)).toEqual(['UNAUTHENTICATED'])
  })
})
