import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiKeys, securityEvents, users } from '../tables.ts'
import { listenForChanges, principalOf } from './accounts.ts'
import { codesOf, keyPrincipal, newKey, provenPerson, revokeKey, rotateKey } from './machines.ts'

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

describe('rotateApiKey', () => {
  it('makes a key with the same settings; the old one goes on for a day', async () => {
    const person = await provenPerson(world)
    const old = await newKey(person, { addresses: ['192.0.2.0/24'], expiresAt: inDays(30) })
    world.clock.advance(20 * day)
    const { apiKey, key } = await rotateKey(person, { id: old.id })
    expect(apiKey).toMatchObject({ expiresAt: inDays(30), isActive: true })
    expect(await keyPrincipal(world, key ?? '')).toMatchObject({
      isActive: true,
      addresses: ['192.0.2.0/24'],
    })
    expect(await keyPrincipal(world, old.key)).toMatchObject({ isActive: true, expiresAt: inDays(1) })
    world.clock.advance(day)
    expect(await keyPrincipal(world, old.key)).toMatchObject({ isActive: false })
    expect(await keyPrincipal(world, key ?? '')).toMatchObject({ isActive: true })
  })

  it('ends the old one at once where no overlap is wanted, and never lengthens its life', async () => {
    const person = await provenPerson(world)
    const [first, second] = [await newKey(person), await newKey(person, { expiresAt: inDays(1 / 24) })]
    await rotateKey(person, { id: first.id, overlapHours: 0 })
    expect(await keyPrincipal(world, first.key)).toMatchObject({ isActive: false })
    await rotateKey(person, { id: second.id, overlapHours: 72 })
    expect(await keyPrincipal(world, second.key)).toMatchObject({ expiresAt: inDays(1 / 24) })
  })

  it('refuses an overlap of more than 72 hours, and keys that are no longer good', async () => {
    const person = await provenPerson(world)
    const { id } = await newKey(person)
    for (const overlapHours of [-1, 73]) {
      expect(codesOf(await rotateKey(person, { id, overlapHours }))).toEqual([
        'input.overlapHours INVALID_VALUE',
      ])
    }
    await revokeKey(person, id)
    expect(codesOf(await rotateKey(person, { id }))).toEqual(['input.id KEY_NOT_ACTIVE'])
    expect(await keysOf(person)).toHaveLength(1)
  })

  it('replaces a key once, however many rivals ask', async () => {
    const person = await provenPerson(world)
    const { id } = await newKey(person)
    const answers = await Promise.all(Array.from({ length: 10 }, () => rotateKey(person, { id })))
    expect(answers.flatMap(codesOf)).toEqual(Array(9).fill('input.id KEY_REPLACED'))
    expect(await keysOf(person)).toHaveLength(2)
  })

  it('wants a fresh proof of who is calling', async () => {
    const person = await provenPerson(world, { steppedUpUntilMs: 0 })
    expect(await thrown(person, `rotateApiKey(input: { id: "${newId('key')}" })`)).toEqual([
      'STEP_UP_REQUIRED',
    ])
  })
})

describe('revokeApiKey', () => {
  it('ends a key, and tells listening routers at once', async () => {
    const person = await provenPerson(world)
    const { id, key } = await newKey(person)
    const changes = await listenForChanges(world)
    expect(await revokeKey(person, id)).toEqual({ apiKey: { isActive: false }, userErrors: [] })
    expect(await changes.next()).toEqual({ userId: person.userId, sessionId: null })
    await changes.close()
    expect(await keyPrincipal(world, key)).toMatchObject({ isActive: false })
    expect(await principalOf(world, id)).toMatchObject({ isActive: false })
    expect(await revokeKey(person, id)).toEqual({ apiKey: { isActive: false }, userErrors: [] })
    const log = await world.rows(securityEvents, eq(securityEvents.userId, person.userId))
    expect(log.map(({ kind, sessionId }) => [kind, sessionId]).filter(([, about]) => about === id)).toEqual([
      ['API_KEY_CREATED', id],
      ['API_KEY_REVOKED', id],
    ])
  })

  it('lets a key end itself and no other', async () => {
    const person = await provenPerson(world)
    const [own, other] = [await newKey(person), await newKey(person)]
    const program = world.personWith({ ...person.caller, sessionId: own.id } as typeof person.caller)
    expect(await thrown(program, `revokeApiKey(input: { id: "${other.id}" })`)).toEqual(['FORBIDDEN'])
    await revokeKey(program, own.id)
    expect(await keyPrincipal(world, own.key)).toMatchObject({ isActive: false })
    expect(await keyPrincipal(world, other.key)).toMatchObject({ isActive: true })
  })
})

describe('apiKeyPrincipal', () => {
  it('knows keys by their hash, and nothing of others', async () => {
    const person = await provenPerson(world)
    const { id, key } = await newKey(person)
    expect(await keyPrincipal(world, key)).toEqual({
      sessionId: id,
      userId: person.userId,
      isActive: true,
      platformPermissions: [],
      steppedUpUntil: null,
      scopes: null,
      organizationId: null,
      addresses: null,
      expiresAt: inDays(365),
    })
    expect(await keyPrincipal(world, `${key}x`)).toBeNull()
    world.clock.advance(365 * day)
    expect(await keyPrincipal(world, key)).toMatchObject({ isActive: false })
  })

  it('is inactive while its owner is suspended', async () => {
    const person = await provenPerson(world)
    const { key } = await newKey(person)
    await world.host.database.db
      .update(users)
      .set({ status: 'SUSPENDED', suspendedAt: world.clock.now() })
      .where(eq(users.id, person.userId))
    expect(await keyPrincipal(world, key)).toMatchObject({ isActive: false })
  })

  it('writes the last use down at most once a minute', async () => {
    const person = await provenPerson(world)
    const { key } = await newKey(person)
    const lastUsed = async () => (await keysOf(person))[0]?.lastUsedAt?.getTime()
    expect(await lastUsed()).toBeUndefined()
    await keyPrincipal(world, key)
    const first = world.clock.now().getTime()
    world.clock.advance(59_000)
    await keyPrincipal(world, key)
    expect(await lastUsed()).toBe(first)
    world.clock.advance(1_000)
    await keyPrincipal(world, key)
    expect(await lastUsed()).toBe(first + 60_000)
  })
})
