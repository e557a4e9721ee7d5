import type { UserCaller } from '@guildhall/kit/caller'
import { newId } from '@guildhall/kit/ids'
import { done } from '@guildhall/kit/outcome'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { builtInRoles, organizationClosed } from '@guildhall/organizations/contract'
import { eq, inArray } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { serviceAccountRoles } from '../contract/machine-events.ts'
import { serviceAccountCreated, serviceAccountDeleted } from '../contract.ts'
import { apiKeys, serviceAccounts, users } from '../tables.ts'
import { codesOf, createKey, keyPrincipal, newKey, provenPerson, rotateKey } from './machines.ts'

let world: World
let owner: Person
let organizationId: string
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  const founder = await provenPerson(world)
  const { organization } = await founder.mutate<{ organization: { id: string } }>(
    'createOrganization',
    { name: 'Analytical Engines', kind: 'MAKERSPACE' },
    'organization { id }',
  )
  organizationId = organization.id
  owner = await withGrants(founder.caller as UserCaller)
})

interface Grant {
  organizationId: string
  role: string
  permissions: string[]
}

async function grantsOf(userId: string): Promise<Grant[]> {
  const { data } = await world.service.run<{ organizationGrants: Grant[] }>(
    'query ($id: ID!) { organizationGrants(userId: $id) { organizationId role permissions } }',
    { id: userId },
  )
  return data.organizationGrants
}

/** The person with what organizations says that they may do, as the router forwards it. */
async function withGrants(caller: UserCaller): Promise<Person> {
  const grants = Object.fromEntries(
    (await grantsOf(caller.userId)).map(({ organizationId: id, role, permissions }) => [
      id,
      { role, permissions },
    ]),
  )
  return world.personWith({ ...caller, grants })
}

interface Made {
  serviceAccount: { id: string; name: string; user: { id: string; kind: string; email: null } } | null
}

const create = (person: Person, input: object = {}) =>
  person.mutate<Made>(
    'createServiceAccount',
    { organizationId, name: 'Stock sync', role: 'MEMBER', ...input },
    'serviceAccount { id name user { id kind email } }',
  )

/** A machine that organizations has heard of. */
async function machine(input: object = {}): Promise<{ id: string; userId: string }> {
  const { serviceAccount } = await create(owner, input)
  if (!serviceAccount) throw new Error('no machine was made')
  await world.settle()
  return { id: serviceAccount.id, userId: serviceAccount.user.id }
}

it('can be given every built-in role of organizations but that of an owner', () => {
  expect(new Set(serviceAccountRoles)).toEqual(new Set(builtInRoles.filter((role) => role !== 'OWNER')))
})

describe('createServiceAccount', () => {
  it('makes a user without an address, who becomes a member with the role', async () => {
    const { serviceAccount } = await create(owner)
    expect(serviceAccount).toMatchObject({ name: 'Stock sync', user: { kind: 'SERVICE', email: null } })
    const userId = serviceAccount?.user.id ?? ''
    expect((await world.published(serviceAccountCreated)).filter((made) => made.userId === userId)).toEqual([
      {
        serviceAccountId: serviceAccount?.id,
        userId,
        organizationId,
        actorId: owner.userId,
        name: 'Stock sync',
        role: 'MEMBER',
      },
    ])
    await world.settle()
    expect(await grantsOf(userId)).toMatchObject([{ organizationId, role: 'MEMBER' }])
  })

  it.each(['OFFICER', 'ORGANIZER'])(
    'gives nobody the role %s, which a makerspace does not have',
    async (role) => {
      expect(codesOf(await create(owner, { role }))).toEqual(['input.role ROLE_ESCALATION'])
      const made = await world.rows(serviceAccounts, eq(serviceAccounts.organizationId, organizationId))
      expect(made).toEqual([])
    },
  )

  it('gives no role that holds more than the caller does', async () => {
    const weak = world.personWith({
      ...((await provenPerson(world)).caller as UserCaller),
      grants: { [organizationId]: { role: 'MEMBER', permissions: ['service-accounts:manage'] } },
    })
    expect(codesOf(await create(weak, { role: 'ADMIN' }))).toEqual(['input.role ROLE_ESCALATION'])
  })

  it('gives a name to one of ten who ask for it at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(owner)))
    expect(answers.filter(({ serviceAccount }) => serviceAccount)).toHaveLength(1)
    expect(answers.flatMap(codesOf)).toEqual(Array(9).fill('input.name NAME_TAKEN'))
    const kept = await world.rows(serviceAccounts, eq(serviceAccounts.organizationId, organizationId))
    expect(kept).toHaveLength(1)
  })
})

describe('a key of a service account', () => {
  it('calls as its member, cut down to its scopes', async () => {
    const { id, userId } = await machine()
    const { key } = await newKey(owner, { serviceAccountId: id, scopes: ['members:read'] })
    expect(await keyPrincipal(world, key)).toMatchObject({
      userId,
      isActive: true,
      scopes: ['members:read'],
      steppedUpUntil: null,
    })
  })

  it('is given no scope that the machine does not hold', async () => {
    const { id } = await machine()
    const answer = await createKey(owner, { serviceAccountId: id, scopes: ['members:manage'] })
    expect(codesOf(answer)).toEqual(['input.scopes.0 SCOPE_NOT_GRANTED'])
  })

  it('is made and rotated by nobody who holds less than the machine', async () => {
    const { id } = await machine({ role: 'ADMIN' })
    const made = await newKey(owner, { serviceAccountId: id })
    const weak = world.personWith({
      ...((await provenPerson(world)).caller as UserCaller),
      grants: { [organizationId]: { role: 'MEMBER', permissions: ['service-accounts:manage'] } },
    })
    expect(codesOf(await createKey(weak, { serviceAccountId: id }))).toHaveLength(1)
    expect(codesOf(await rotateKey(weak, { id: made.id }))).toHaveLength(1)
  })
})

describe('deleteServiceAccount', () => {
  it('ends the keys and the membership, and frees the name', async () => {
    const { id, userId } = await machine()
    const { key } = await newKey(owner, { serviceAccountId: id })
    const { removedServiceAccountId } = await owner.mutate<{ removedServiceAccountId: string }>(
      'deleteServiceAccount',
      { id },
      'removedServiceAccountId',
    )
    expect(removedServiceAccountId).toBe(id)
    expect(await keyPrincipal(world, key)).toMatchObject({ isActive: false })
    await world.settle()
    expect(await grantsOf(userId)).toEqual([])
    const deleted = (await world.published(serviceAccountDeleted)).filter((one) => one.userId === userId)
    expect(deleted).toHaveLength(1)
    expect((await world.rows(users, eq(users.id, userId)))[0]?.status).not.toBe('ACTIVE')
    expect(codesOf(await create(owner))).toEqual([])
  })

  it('is refused to people of other organizations, who do not even learn that it is there', async () => {
    const { id } = await machine()
    const stranger = world.organization().as('OWNER')
    const answer = await stranger.mutate('deleteServiceAccount', { id }, 'removedServiceAccountId')
    const unknown = await stranger.mutate(
      'deleteServiceAccount',
      { id: newId('sva') },
      'removedServiceAccountId',
    )
    expect(codesOf(answer)).toEqual(['input.id NOT_FOUND'])
    expect(answer).toEqual(unknown)
  })
})

describe('the end of an organization', () => {
  const close = async (id: string) => {
    await world.host.subgraphs.organizations?.ownContext().transaction('test', async (tx) => {
      await tx.emit(organizationClosed, { organizationId: id, name: 'Analytical Engines', actorId: null })
      return done(null)
    })
    await world.settle()
  }
  const deletedOf = async (id: string) =>
    (await world.published(serviceAccountDeleted)).filter((deleted) => deleted.organizationId === id)

  it('ends its machines with their keys, each once, and no others', async () => {
    const [first, second] = [await machine(), await machine({ name: 'Door' })]
    const keys = [
      await newKey(owner, { serviceAccountId: first.id }),
      await newKey(owner, { serviceAccountId: second.id }),
    ]
    const own = await newKey(owner)
    await close(newId('org'))
    expect(await deletedOf(organizationId)).toEqual([])
    await close(organizationId)
    await close(organizationId)
    for (const { key } of keys) expect(await keyPrincipal(world, key)).toMatchObject({ isActive: false })
    const ended = await world.rows(apiKeys, inArray(apiKeys.userId, [first.userId, second.userId]))
    expect(ended.map(({ revokedAt }) => revokedAt)).toEqual(Array(2).fill(world.clock.now()))
    expect(await keyPrincipal(world, own.key)).toMatchObject({ isActive: true })
    const factsOf = ({ id, userId }: typeof first) => ({
      serviceAccountId: id,
      userId,
      organizationId,
      actorId: null,
    })
    expect(await deletedOf(organizationId)).toEqual([first, second].map(factsOf))
    expect(await world.rows(users, inArray(users.id, [first.userId, second.userId]))).toMatchObject([
      { status: 'DEACTIVATED' },
      { status: 'DEACTIVATED' },
    ])
    expect(await Promise.all([first, second].map(({ userId }) => grantsOf(userId)))).toEqual([[], []])
  })

  it('leaves alone what was deleted before, and deletes once what is deleted meanwhile', async () => {
    const before = await machine()
    const meanwhile = await machine({ name: 'Door' })
    const left = await machine({ name: 'Gate' })
    const remove = (id: string) => owner.mutate('deleteServiceAccount', { id }, 'removedServiceAccountId')
    await remove(before.id)
    await Promise.all([remove(meanwhile.id), close(organizationId)])
    const deleted = (await deletedOf(organizationId)).map(({ serviceAccountId }) => serviceAccountId)
    expect(deleted.sort()).toEqual([before.id, meanwhile.id, left.id].sort())
  })
})
