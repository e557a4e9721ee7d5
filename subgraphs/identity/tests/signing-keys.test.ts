import type { UserCaller } from '@guildhall/kit/caller'
import type { Context } from '@guildhall/kit/context'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { createLocalJWKSet, decodeProtectedHeader, type JWK, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { tendSigningKeys } from '../keys/key-ring.ts'
import { activeSigner } from '../keys/signing-keys.ts'
import { signingKeys } from '../tables.ts'
import { account, type Tokens } from './accounts.ts'
import { securityOf } from './sessions.ts'

/** Keys are one for the whole house: each test has a house of its own. */
let world: World
beforeEach(async () => {
  world = await createWorld(['identity', 'organizations'])
})
afterEach(() => world.close())

const minutes = (count: number) => count * 60_000
const days = (count: number) => count * 86_400_000
async function admin(): Promise<Person> {
  const { person } = await account(world)
  return world.personWith({
    ...(person.caller as UserCaller),
    platformRoles: ['ADMIN'],
    platformPermissions: ['keys:manage'],
  })
}

function ownContext(): Context {
  const identity = world.host.subgraphs.identity
  if (!identity) throw new Error('no identity')
  return identity.ownContext()
}

/** A process of its own, as far as keys are concerned: it remembers by itself and is never told of anything. */
const deafReplica = (): Context => ({
  ...ownContext(),
  signals: { send: () => {}, listen: () => () => {}, close: async () => {} },
})

const tend = () => tendSigningKeys(ownContext())
const rotate = (person: Person) =>
  person.mutate<{ signingKey: { kid: string; status: string } | null }>(
    'rotateSigningKeys',
    {},
    'signingKey { kid status }',
  )
const revoke = (person: Person, kid: string) =>
  person.mutate('revokeSigningKey', { kid }, 'signingKey { kid status nextStatuses }')

async function kidIn(status: string): Promise<string> {
  const found = (await world.rows(signingKeys)).filter((key) => key.status === status)
  expect(found, `keys that are ${status}`).toHaveLength(1)
  return found[0]?.kid ?? ''
}
const statuses = async () =>
  Object.fromEntries((await world.rows(signingKeys)).map(({ kid, status }) => [kid, status]))

async function published(): Promise<JWK[]> {
  const { data } = await world.service.run<{ signingKeys: string[] }>('{ signingKeys }')
  return data.signingKeys.map((key) => JSON.parse(key) as JWK)
}

const verifies = async ({ accessToken }: Pick<Tokens, 'accessToken'>): Promise<boolean> =>
  jwtVerify(accessToken, createLocalJWKSet({ keys: await published() }), {
    currentDate: world.clock.now(),
  }).then(
    () => true,
    () => false,
  )

describe('signing keys', () => {
  it('are two from the start, also when many replicas start at once: one signs, one is published ahead', async () => {
    await Promise.all(Array.from({ length: 20 }, () => activeSigner(deafReplica())))
    const active = await kidIn('ACTIVE')
    const next = await kidIn('NEXT')
    expect((await published()).map(({ kid }) => kid).sort()).toEqual([active, next].sort())
    expect(JSON.stringify(await published())).not.toContain('"d"')
  })

  it('lie in the vault, each sealed for its own place', async () => {
    await tend()
    for (const { kid, privateJwk } of await world.rows(signingKeys)) {
      const place = `identity.signing_key.private_jwk:${kid}`
      expect(JSON.parse(world.vault.open(privateJwk ?? '', place))).toMatchObject({ kid, crv: 'Ed25519' })
      expect(() => world.vault.open(privateJwk ?? '', `${place}x`)).toThrow('another place')
    }
  })

  it('change after thirty days, not before, once, and however many replicas do it', async () => {
    await tend()
    const [active, next] = [await kidIn('ACTIVE'), await kidIn('NEXT')]
    world.clock.advance(days(30) - 1)
    await tend()
    expect(await kidIn('ACTIVE')).toBe(active)
    world.clock.advance(1)
    await Promise.all(Array.from({ length: 20 }, tend))
    expect(await statuses()).toEqual({
      [active]: 'RETIRING',
      [next]: 'ACTIVE',
      [await kidIn('NEXT')]: 'NEXT',
    })
  })

  it('are never none and never two that sign, whenever one looks while replicas change them', async () => {
    await tend()
    const person = await admin()
    const seen: number[] = []
    let isOver = false
    const watch = (async () => {
      while (!isOver) seen.push((await world.rows(signingKeys, eq(signingKeys.status, 'ACTIVE'))).length)
    })()
    for (let round = 0; round < 5; round++) {
      world.clock.advance(days(31))
      const active = await kidIn('ACTIVE')
      await Promise.all([
        ...Array.from({ length: 5 }, tend),
        ...Array.from({ length: 3 }, () => rotate(person)),
        revoke(person, active),
        ...Array.from({ length: 5 }, () => activeSigner(deafReplica())),
      ])
    }
    isOver = true
    await watch
    expect(seen.length).toBeGreaterThan(5)
    expect(new Set(seen)).toEqual(new Set([1]))
    await kidIn('NEXT')
  }, 30_000)

  it('verify what they have signed until it has ended, and keep no private half once they sign no more', async () => {
    const { tokens } = await account(world)
    const { kid } = decodeProtectedHeader(tokens.accessToken)
    world.clock.advance(minutes(4))
    await world.host.database.db
      .update(signingKeys)
      .set({ createdAt: new Date(world.clock.now().getTime() - days(30)), activatedAt: null })
    await tend()
    const [old] = await world.rows(signingKeys, eq(signingKeys.kid, kid ?? ''))
    expect(old).toMatchObject({ status: 'RETIRING', privateJwk: null, retiredAt: world.clock.now() })
    expect(await verifies(tokens), 'signed just before the rotation').toBe(true)
    world.clock.advance(minutes(120) - 1)
    await tend()
    expect((await statuses())[kid ?? '']).toBe('RETIRING')
    world.clock.advance(1)
    await tend()
    expect((await statuses())[kid ?? '']).toBe('RETIRED')
    expect((await published()).map((key) => key.kid)).not.toContain(kid)
  })
})

describe('rotateSigningKeys', () => {
  it('lets the next key sign once routers know it; of five who press at once one does', async () => {
    await tend()
    const [active, next] = [await kidIn('ACTIVE'), await kidIn('NEXT')]
    const person = await admin()
    world.clock.advance(minutes(10) - 1)
    expect((await rotate(person)).userErrors).toMatchObject([
      { code: 'SIGNING_KEY_NOT_READY', path: ['input'] },
    ])
    expect(await kidIn('ACTIVE')).toBe(active)
    world.clock.advance(1)
    const replies = await Promise.all(Array.from({ length: 5 }, () => rotate(person)))
    expect(
      replies.map(({ signingKey, userErrors }) => signingKey?.kid ?? userErrors[0]?.code).sort(),
    ).toEqual([...Array(4).fill('SIGNING_KEY_NOT_READY'), next].sort())
    expect(await statuses()).toMatchObject({ [active]: 'RETIRING', [next]: 'ACTIVE' })
    expect(await securityOf(world, person.userId)).toEqual(['LOGGED_IN', 'SIGNING_KEYS_ROTATED'])
  })

  it('keeps no private key in the answers that it remembers for retries', async () => {
    await tend()
    world.clock.advance(minutes(10))
    await (await admin()).mutate('rotateSigningKeys', { idempotencyKey: 'once' }, 'signingKey { kid }')
    const answers = await world.host.database.sql`select answer from identity.idempotency`
    expect(answers).toHaveLength(1)
    expect(answers[0]?.answer).toMatchObject({ status: 'ACTIVE', privateJwk: null })
  })
})

describe('revokeSigningKey', () => {
  it('ends a key and its tokens, and the next one signs from the same moment', async () => {
    const { tokens } = await account(world)
    const kid = decodeProtectedHeader(tokens.accessToken).kid ?? ''
    const next = await kidIn('NEXT')
    const person = await admin()
    expect(await revoke(person, kid)).toEqual({
      signingKey: { kid, status: 'REVOKED', nextStatuses: [] },
      userErrors: [],
    })
    expect(await kidIn('ACTIVE')).toBe(next)
    await kidIn('NEXT')
    expect(await verifies(tokens)).toBe(false)
    expect(await world.rows(signingKeys, eq(signingKeys.kid, kid))).toMatchObject([{ privateJwk: null }])
    const fresh = await account(world)
    expect(decodeProtectedHeader(fresh.tokens.accessToken).kid).toBe(next)
    expect(await securityOf(world, person.userId)).toEqual(['LOGGED_IN', 'SIGNING_KEY_REVOKED'])
  })

  it('reaches a process that is not told within a second', async () => {
    await tend()
    const replica = deafReplica()
    const { kid } = await activeSigner(replica)
    await revoke(await admin(), kid)
    const revokedAt = performance.now()
    await vi.waitFor(async () => expect((await activeSigner(replica)).kid).not.toBe(kid), {
      timeout: 1000,
      interval: 10,
    })
    expect(performance.now() - revokedAt).toBeLessThan(1000)
  })

  it('tells routers that keys have changed', async () => {
    await tend()
    const changes = world.service.subscribe('subscription { principalChanged { userId areKeysChanged } }')
    const first = changes.next()
    const probe = setInterval(() => ownContext().signals.send('principal', ['probe']), 20)
    await first
    clearInterval(probe)
    await revoke(await admin(), await kidIn('ACTIVE'))
    for (;;) {
      const { value } = await changes.next()
      const change = value?.data?.principalChanged
      if ((change as { userId: string }).userId === 'probe') continue
      expect(change).toEqual({ userId: '', areKeysChanged: true })
      break
    }
    await changes.return?.()
  })

  it('finds no key of another name, and ends none twice', async () => {
    await tend()
    const person = await admin()
    expect((await revoke(person, 'nonsense')).userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
    const kid = await kidIn('NEXT')
    await revoke(person, kid)
    const before = await statuses()
    expect(await revoke(person, kid)).toMatchObject({ signingKey: { status: 'REVOKED' } })
    expect(await statuses()).toEqual(before)
  })
})

describe('keys', () => {
  it('are managed by administrators of the house alone, with a fresh proof', async () => {
    await tend()
    const before = await statuses()
    const kid = await kidIn('ACTIVE')
    const { steppedUpUntilMs: _, ...stale } = (await (await admin()).caller) as UserCaller
    const ofAnOrganization = world.personWith({
      ...(world.person().caller as UserCaller),
      grants: { org: { role: 'CUSTOM', permissions: ['keys:manage'] } },
    })
    const codesOf = async (person: Person, operation: string) =>
      (await person.run(operation, { kid })).errors.map(({ code }) => code)
    const operations = [
      'mutation { rotateSigningKeys(input: {}) { signingKey { kid } } }',
      'mutation ($kid: ID!) { revokeSigningKey(input: { kid: $kid }) { signingKey { kid } } }',
    ]
    for (const operation of operations) {
      expect(await codesOf(world.personWith(stale), operation)).toEqual(['STEP_UP_REQUIRED'])
      expect(await codesOf(ofAnOrganization, operation)).toEqual(['FORBIDDEN'])
    }
    expect(await codesOf(ofAnOrganization, '{ signingKeyRing { kid } }')).toEqual(['FORBIDDEN'])
    expect(await statuses()).toEqual(before)
    const { data } = await (await admin()).run('{ signingKeyRing { kid status nextStatuses activatedAt } }')
    expect(data).toMatchObject({ signingKeyRing: expect.arrayContaining([expect.objectContaining({ kid })]) })
  })
})
