import { clientHeaders } from '@guildhall/kit/upstream'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { countCall } from '../accounts/count-call.ts'
import { forgetExpired } from '../commands/forget-expired.ts'
import { userRegistered } from '../contract.ts'
import { type CallQuota, externalLoginStarts, passkeyLoginStarts, registrations } from '../domain/lockout.ts'
import { externalLogins, passkeyChallenges, throttles, users } from '../tables.ts'
import { freshEmail, password, register } from './accounts.ts'
import { createExternalWorld, type ExternalWorld } from './external-world.ts'
import { redirectUrl } from './issuer.ts'

let house: ExternalWorld
beforeAll(async () => {
  house = await createExternalWorld()
})
afterAll(() => house?.close())
beforeEach(async () => {
  await house.world.host.database.db.delete(throttles)
})

const here = '203.0.113.7'
const neighbour = '203.0.113.200'
const elsewhere = '198.51.100.1'

/** A call of a stranger from an address, as the router would hand it on: the code it was refused with, or 'served'. */
async function callFrom(address: string | null, mutation: string, type: string, input: object) {
  const { world } = house
  const result = await world.host.upstreams.identity?.execute({
    query: `mutation ($input: ${type}!) { ${mutation}(input: $input) { userErrors { code } } }`,
    variables: { input },
    context: await world.signer({ kind: 'anonymous' }),
    headers: address === null ? {} : { [clientHeaders.address]: address },
  })
  const { data, errors } = JSON.parse(JSON.stringify(result)) as {
    data?: Record<string, { userErrors: { code: string }[] } | null>
    errors?: { extensions: { code: string } }[]
  }
  return errors?.[0]?.extensions.code ?? data?.[mutation]?.userErrors[0]?.code ?? 'served'
}

const registerFrom = (address: string | null, email = freshEmail()) =>
  callFrom(address, 'registerUser', 'RegisterUserInput', { email, password, displayName: 'Ada' })
const startPasskeyFrom = (address: string | null) =>
  callFrom(address, 'startPasskeyLogin', 'StartPasskeyLoginInput', {})
const startExternalFrom = (address: string | null) =>
  callFrom(address, 'startExternalLogin', 'StartExternalLoginInput', {
    issuer: 'north',
    redirectUrl,
    returnTo: '/',
  })

const times = <T>(count: number, work: () => Promise<T>) => Promise.all(Array.from({ length: count }, work))
const tally = (answers: string[]) => ({
  served: answers.filter((answer) => answer === 'served').length,
  refused: answers.filter((answer) => answer === 'RATE_LIMITED').length,
})

/** As if so many calls of a kind were still free to the network that has made the only one so far. */
const leave = async (free: number, { callsMax }: CallQuota) => {
  const counted = await house.world.host.database.db
    .update(throttles)
    .set({ failures: callsMax - free })
    .returning()
  expect(counted).toHaveLength(1)
}

describe.each([
  {
    mutation: 'registerUser',
    quota: registrations,
    call: registerFrom,
    written: async () => [
      (await house.world.rows(users)).length,
      (await house.world.published(userRegistered)).length,
      (await house.world.mails()).length,
    ],
    each: [1, 1, 1],
  },
  {
    mutation: 'startPasskeyLogin',
    quota: passkeyLoginStarts,
    call: startPasskeyFrom,
    written: async () => [(await house.world.rows(passkeyChallenges)).length],
    each: [1],
  },
  {
    mutation: 'startExternalLogin',
    quota: externalLoginStarts,
    call: startExternalFrom,
    written: async () => [(await house.world.rows(externalLogins)).length],
    each: [1],
  },
])('$mutation', ({ quota, call, written, each }) => {
  it('serves of thirty at once from one network the ten that are left of its hour, and writes nothing for the others', async () => {
    expect(await call(here)).toBe('served')
    await leave(10, quota)
    const before = await written()
    expect(tally(await times(30, () => call(here)))).toEqual({ served: 10, refused: 20 })
    expect(await written()).toEqual(before.map((count, index) => count + 10 * (each[index] ?? 0)))
    expect(await call(neighbour)).toBe('RATE_LIMITED')
    expect(await house.world.rows(throttles)).toMatchObject([{ failures: quota.callsMax }])
  })

  it('serves other networks meanwhile, and who comes from nowhere known, and everybody an hour after the first', async () => {
    expect(await call(here)).toBe('served')
    await leave(0, quota)
    house.world.clock.advance(60 * 60 * 1000 - 1)
    expect([await call(here), await call(elsewhere), await call(null)]).toEqual([
      'RATE_LIMITED',
      'served',
      'served',
    ])
    house.world.clock.advance(1)
    expect(await call(here)).toBe('served')
  })
})

describe('the hour of a network', () => {
  const contextFrom = (address: string) => {
    const ctx = house.world.host.subgraphs.identity?.ownContext()
    if (!ctx) throw new Error('no identity')
    return { ...ctx, client: { ...ctx.client, address } }
  }
  const calls = (count: number, quota: CallQuota) =>
    times(count, () =>
      countCall(contextFrom(here), quota).then(
        () => 'served',
        (error) => error.extensions.code as string,
      ),
    )

  it.each([
    [registrations, 1000],
    [passkeyLoginStarts, 2000],
    [externalLoginStarts, 2000],
  ])('is full with exactly as many calls as it has, however many come at once: %o', async (quota, most) => {
    expect(tally(await calls(most + 20, quota))).toEqual({ served: most, refused: 20 })
  })

  it('counts each kind apart, and keeps no address', async () => {
    expect(tally(await calls(1001, registrations))).toEqual({ served: 1000, refused: 1 })
    expect([await registerFrom(here), await startPasskeyFrom(here), await startExternalFrom(here)]).toEqual([
      'RATE_LIMITED',
      'served',
      'served',
    ])
    expect(JSON.stringify(await house.world.rows(throttles))).not.toContain('203.0')
  })

  it('is not prolonged by calls, and forgotten when it is over', async () => {
    const { world } = house
    const minutes = (count: number) => world.clock.advance(count * 60_000)
    await calls(1, registrations)
    minutes(59)
    await calls(2, registrations)
    expect(await world.rows(throttles)).toMatchObject([{ failures: 3 }])
    await forgetExpired(contextFrom(here))
    expect(await world.rows(throttles)).toHaveLength(1)
    minutes(1)
    await calls(1, registrations)
    expect(await world.rows(throttles)).toMatchObject([{ failures: 1, lastFailureAt: world.clock.now() }])
    minutes(60)
    await forgetExpired(contextFrom(here))
    expect(await world.rows(throttles)).toEqual([])
  })
})

describe('a registration that is refused for its network', () => {
  it('tells a taken address no more than a free one, by as many statements', async () => {
    const { world } = house
    const taken = freshEmail()
    const userId = await register(world, taken)
    expect(await registerFrom(here)).toBe('served')
    await leave(0, registrations)
    const statementsFor = async (email: string) =>
      (
        await world.statements(async () => expect(await registerFrom(here, email)).toBe('RATE_LIMITED'))
      ).filter((sent) => /"(throttle|user|password_credential|one_time_token|mail)"/.test(sent))
    const sent = await statementsFor(taken)
    expect(sent).toHaveLength(1)
    expect(await statementsFor(freshEmail())).toEqual(sent)
    expect(await world.rows(users, eq(users.id, userId))).toMatchObject([{ registrationRepeatedAt: null }])
  })

  it('was not counted while there was something wrong with it', async () => {
    expect(await registerFrom(here, 'not an address')).toBe('INVALID_EMAIL')
    expect(await house.world.rows(throttles)).toEqual([])
  })
})
