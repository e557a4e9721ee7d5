import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { securityRecorded } from '../contract.ts'
import { apiKeys, users } from '../tables.ts'
import { codesOf, createKey, keyPrincipal, newKey, provenPerson, revokeKey, rotateKey } from './machines.ts'

const hour = 3_600_000
const day = 24 * hour

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const keysOf = ({ userId }: Person) => world.rows(apiKeys, eq(apiKeys.userId, userId))
const inDays = (days: number) => new Date(world.clock.now().getTime() + days * day).toISOString()
const thrown = async (person: Person, mutation: string) =>
  (await person.run(`mutation { ${mutation} { userErrors { code } } }`)).errors.map(({ code }) => code)

describe('createApiKey', () => {
  it('shows the key once and keeps its hash alone', async () => {
    const person = await provenPerson(world)
    const { apiKey, key } = await createKey(person)
    expect(key).toMatch(/^ghk_[0-9A-Za-z]{8}_[\w-]{43}$/)
    expect(apiKey).toEqual({
      id: apiKey?.id,
      prefix: key?.slice(0, 12),
      expiresAt: inDays(365),
      isActive: true,
    })
    const [row] = await keysOf(person)
    expect(row?.hash).toMatch(/^[\w-]{43}$/)
    expect(JSON.stringify([row, await world.published(securityRecorded)])).not.toContain(key?.slice(13))
    const { data } = await person.run('{ me { apiKeys { id name prefix user { id } createdBy { id } } } }')
    const self = { id: person.userId }
    expect(data).toEqual({
      me: {
        apiKeys: [
          { id: apiKey?.id, name: 'Build server', prefix: apiKey?.prefix, user: self, createdBy: self },
        ],
      },
    })
  })

  it('gives the same retry key the same key, and its secret no second time', async () => {
    const person = await provenPerson(world)
    const first = await createKey(person, { idempotencyKey: 'once' })
    const again = await createKey(person, { idempotencyKey: 'once' })
    expect(again).toEqual({ ...first, key: null })
    expect(await keysOf(person)).toHaveLength(1)
  })

  it('names everything that is wrong at once and writes nothing', async () => {
    const person = await provenPerson(world)
    const answer = await createKey(person, {
      name: '',
      scopes: ['events:fly', 'organizations:manage'],
      addresses: ['192.0.2.0/24', '192.0.2.0/33', 'example.org', '::ffff:192.0.2.1', '2001:DB8::/32'],
      expiresAt: inDays(366),
    })
    expect(codesOf(answer)).toEqual([
      'input.name TOO_SHORT',
      'input.addresses.1 INVALID_ADDRESS',
      'input.addresses.2 INVALID_ADDRESS',
      'input.addresses.3 INVALID_ADDRESS',
      'input.scopes.0 SCOPE_UNKNOWN',
      'input.scopes.1 SCOPE_NOT_GRANTED',
      'input.expiresAt INVALID_VALUE',
    ])
    expect(codesOf(await createKey(person, { expiresAt: inDays(0) }))).toEqual([
      'input.expiresAt INVALID_VALUE',
    ])
    expect(codesOf(await createKey(person, { scopes: [], addresses: [] }))).toEqual([
      'input.scopes INVALID_VALUE',
      'input.addresses INVALID_VALUE',
    ])
    expect(
      codesOf(await createKey(person, { addresses: Array.from({ length: 21 }, (_, n) => `192.0.2.${n}`) })),
    ).toEqual(['input.addresses INVALID_VALUE'])
    expect(codesOf(await createKey(person, { organizationId: newId('org') }))).toEqual([
      'input.organizationId NOT_FOUND',
    ])
    expect(await keysOf(person)).toEqual([])
  })

  it('cuts a key down to an organization and to what its owner holds there', async () => {
    const [here, there] = [newId('org'), newId('org')]
    const person = await provenPerson(world, {
      grants: {
        [here]: { role: 'ORGANIZER', permissions: ['members:read'] },
        [there]: { role: 'ADMIN', permissions: ['members:read', 'members:manage'] },
      },
    })
    const wanted = { organizationId: here, scopes: ['members:read', 'members:manage'] }
    expect(codesOf(await createKey(person, wanted))).toEqual(['input.scopes.1 SCOPE_NOT_GRANTED'])
    const { key } = await newKey(person, { ...wanted, scopes: ['members:read'], addresses: ['192.0.2.7'] })
    expect(await keyPrincipal(world, key)).toMatchObject({
      userId: person.userId,
      isActive: true,
      scopes: ['members:read'],
      organizationId: here,
      addresses: ['192.0.2.7'],
    })
  })

  it('gives power over the platform to keys that name it, and to no others', async () => {
    const person = await provenPerson(world, {
      platformRoles: ['SUPPORT'],
      platformPermissions: ['users:read'],
    })
    await world.host.database.db
      .update(users)
      .set({ platformRoles: ['SUPPORT'] })
      .where(eq(users.id, person.userId))
    const [plain, named] = [await newKey(person), await newKey(person, { scopes: ['users:read'] })]
    expect(await keyPrincipal(world, plain.key)).toMatchObject({ platformPermissions: [] })
    expect(await keyPrincipal(world, named.key)).toMatchObject({ platformPermissions: ['users:read'] })
  })

  it('wants a fresh proof of who is calling, which no key and no impersonator has', async () => {
    const person = await provenPerson(world, { steppedUpUntilMs: 0 })
    const mutation = 'createApiKey(input: { name: "x" })'
    expect(await thrown(person, mutation)).toEqual(['STEP_UP_REQUIRED'])
    expect(await thrown(world.anonymous, mutation)).toEqual(['UNAUTHENTICATED'])
    const withKey = await provenPerson(world, { sessionId: newId('key') })
    const impersonated = await provenPerson(world, { impersonatorId: newId('usr') })
    for (const caller of [withKey, impersonated]) {
      expect(await thrown(caller, mutation)).toEqual(['FORBIDDEN'])
      expect(await keysOf(caller)).toEqual([])
    }
    expect(await keysOf(person)).toEqual([])
  })

  /** As a client does that is told to try again: sixty who wait for one lock may be too many for a busy machine. */
  const insisting = async <T>(ask: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await ask()
      } catch (error) {
        if (!String(error).includes('This object is busy')) throw error
      }
    }
  }

  it('makes fifty keys for sixty who ask at once', async () => {
    const person = await provenPerson(world)
    const answers = await Promise.all(Array.from({ length: 60 }, () => insisting(() => createKey(person))))
    const refused = answers.filter(({ userErrors }) => userErrors.length > 0)
    expect(refused.map(codesOf)).toEqual(Array(10).fill([' TOO_MANY_KEYS']))
    expect(await keysOf(person)).toHaveLength(50)
  })

  it('shows the keys of others to nobody', async () => {
    const [owner, stranger] = [await provenPerson(world), world.person()]
    const { id } = await newKey(owner)
    expect(await stranger.entity('identity', 'ApiKey', id, 'id')).toBeNull()
    expect(await stranger.entity('identity', 'User', owner.userId, 'apiKeys { id }')).toEqual({
      apiKeys: null,
    })
    expect(codesOf(await revokeKey(stranger, id))).toEqual(['input.id NOT_FOUND'])
    expect(codesOf(await rotateKey(stranger, { id }))).toEqual(['input.id NOT_FOUND'])
    expect(await keysOf(owner)).toMatchObject([{ revokedAt: null }])
  })
})
