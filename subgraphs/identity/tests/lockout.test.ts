import { createWorld, type World } from '@guildhall/kit/testing/world'
import { clientHeaders } from '@guildhall/kit/upstream'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { securityRecorded } from '../contract.ts'
import { hashPassword } from '../passwords/passwords.ts'
import { passwordCredentials, securityEvents, sessions, throttles } from '../tables.ts'
import { freshEmail, password, register } from './accounts.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.host.database.db.delete(throttles)
})

interface Attempt {
  userErrors: { code: string; retryAfterSeconds?: number }[]
}

/** A login from an address, as the router would hand it on. */
async function loginFrom(address: string | null, email: string, attempt: string): Promise<string> {
  const upstream = world.host.upstreams.identity
  if (!upstream) throw new Error('no identity')
  const { data, errors } = await upstream.execute({
    query: `mutation ($input: LoginInput!) {
      login(input: $input) { userErrors { code ... on AccountLockedError { retryAfterSeconds } } } }`,
    variables: { input: { email, password: attempt } },
    context: await world.signer({ kind: 'anonymous' }),
    headers: address === null ? {} : { [clientHeaders.address]: address },
  })
  if (errors) return String(errors[0]?.extensions?.code)
  const [failure] = (data as { login: Attempt }).login.userErrors
  if (!failure) return 'in'
  return failure.code === 'ACCOUNT_LOCKED' ? `locked for ${failure.retryAfterSeconds} s` : failure.code
}

const wrong = 'a wrong password'
const seconds = (count: number) => world.clock.advance(count * 1000)
const inTurn = async (times: number, work: (turn: number) => Promise<string>): Promise<string[]> => {
  const answers: string[] = []
  for (let turn = 0; turn < times; turn++) answers.push(await work(turn))
  return answers
}
const tally = (answers: string[]): Record<string, number> =>
  Object.fromEntries(
    [...new Set(answers)].map((kind) => [kind, answers.filter((one) => one === kind).length]),
  )

describe('the lockout of an account from one network', () => {
  it.each([
    ['exists', (email: string) => register(world, email)],
    ['does not exist', async () => ''],
  ])(
    'begins with five failures and doubles from 30 s to 15 minutes, whether the account %s',
    async (_, make) => {
      const email = freshEmail()
      await make(email)
      const here = () => loginFrom('203.0.113.7', email, wrong)
      expect(await inTurn(6, here)).toEqual([...Array(5).fill('INVALID_CREDENTIALS'), 'locked for 30 s'])
      const locks = []
      for (let turn = 0; turn < 6; turn++) {
        seconds(Number((await here()).match(/\d+/)?.[0]))
        expect(await here()).toBe('INVALID_CREDENTIALS')
        locks.push(await here())
      }
      expect(locks).toEqual([60, 120, 240, 480, 900, 900].map((wait) => `locked for ${wait} s`))
    },
  )

  it('refuses the right password too while it lasts, and lets it in afterwards', async () => {
    const email = freshEmail()
    await register(world, email)
    const here = (attempt: string) => loginFrom('203.0.113.7', email, attempt)
    await inTurn(5, () => here(wrong))
    seconds(29)
    expect(await here(password)).toBe('locked for 1 s')
    seconds(1)
    expect(await here(password)).toBe('in')
    expect(await inTurn(5, () => here(wrong))).toEqual(Array(5).fill('INVALID_CREDENTIALS'))
  })

  it('holds for the whole network and for no other', async () => {
    const email = freshEmail()
    await register(world, email)
    await inTurn(5, (turn) => loginFrom(`203.0.113.${turn}`, email, wrong))
    expect(await loginFrom('203.0.113.99', email, password)).toBe('locked for 30 s')
    expect(await loginFrom('203.0.114.1', email, password)).toBe('in')
    expect(await loginFrom(null, email, password)).toBe('in')
  })

  it('holds for callers of whom no address is known', async () => {
    const email = freshEmail()
    expect(await inTurn(6, () => loginFrom(null, email, wrong))).toEqual([
      ...Array(5).fill('INVALID_CREDENTIALS'),
      'locked for 30 s',
    ])
  })

  it('is forgotten after an hour without failures', async () => {
    const email = freshEmail()
    await inTurn(4, () => loginFrom('203.0.113.7', email, wrong))
    seconds(3600)
    expect(await inTurn(6, () => loginFrom('203.0.113.7', email, wrong))).toEqual([
      ...Array(5).fill('INVALID_CREDENTIALS'),
      'locked for 30 s',
    ])
  })

  it('looks at five of forty guesses that come at once', async () => {
    const email = freshEmail()
    await register(world, email)
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => loginFrom('203.0.113.7', email, wrong)),
    )
    expect(tally(answers)).toEqual({ INVALID_CREDENTIALS: 5, 'locked for 30 s': 35 })
  })

  it('does not come with forty logins at once', async () => {
    const email = freshEmail()
    await register(world, email)
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => loginFrom('203.0.113.7', email, password)),
    )
    expect(tally(answers)).toEqual({ in: 40 })
  })

  it('is written down once for the owner, without a word of who was tried in the table of failures', async () => {
    const email = freshEmail()
    const userId = await register(world, email)
    await inTurn(6, () => loginFrom('203.0.113.7', email, wrong))
    seconds(30)
    await inTurn(2, () => loginFrom('203.0.113.7', email, wrong))
    const entries = () => world.rows(securityEvents, eq(securityEvents.userId, userId))
    await expect.poll(entries).toMatchObject([{ kind: 'LOCKED_OUT', actor: null, address: '203.0.113.7' }])
    expect((await world.published(securityRecorded)).filter((told) => told.userId === userId)).toEqual([
      { userId, kind: 'LOCKED_OUT', actor: null, sessionId: null },
    ])
    expect(JSON.stringify(await world.rows(throttles))).not.toMatch(/203\.0|example\.org|usr_/)
  })
})

describe('the lockout of an account from anywhere', () => {
  const stranger = (turn: number) => `198.51.${turn}.1`

  it('comes with fifty failures, for a minute at a time', async () => {
    const email = freshEmail()
    await register(world, email)
    const guess = (turn: number) => loginFrom(stranger(turn), email, wrong)
    expect(tally(await inTurn(52, guess))).toEqual({ INVALID_CREDENTIALS: 50, 'locked for 60 s': 2 })
    expect(await loginFrom('192.0.2.1', email, password)).toBe('locked for 60 s')
    seconds(60)
    expect(await inTurn(2, guess)).toEqual(['INVALID_CREDENTIALS', 'locked for 60 s'])
    seconds(60)
    expect(await loginFrom('192.0.2.1', email, password)).toBe('in')
  })

  it('does not keep out whoever calls from where they are logged in', async () => {
    const email = freshEmail()
    const userId = await register(world, email)
    expect(await loginFrom('192.0.2.1', email, password)).toBe('in')
    await inTurn(50, (turn) => loginFrom(stranger(turn), email, wrong))
    expect(await loginFrom('192.0.2.200', email, password)).toBe('in')
    expect(await loginFrom('192.0.3.1', email, password)).toBe('locked for 60 s')
    await world.host.database.db
      .update(sessions)
      .set({ revokedAt: world.clock.now(), revokedReason: 'LOGOUT' })
      .where(eq(sessions.userId, userId))
    expect(await loginFrom('192.0.2.1', email, password)).toBe('locked for 60 s')
  })

  it('is not fed by those who log in', async () => {
    const email = freshEmail()
    await register(world, email)
    expect(tally(await inTurn(55, () => loginFrom('192.0.2.1', email, password)))).toEqual({ in: 55 })
  })
})

describe('the lockout of a network', () => {
  it('comes with a hundred failures against any accounts, and grows from two seconds', async () => {
    const guess = () => loginFrom('2001:db8:0:1::5', freshEmail(), wrong)
    expect(tally(await inTurn(100, guess))).toEqual({ INVALID_CREDENTIALS: 100 })
    expect(await guess()).toBe('locked for 2 s')
    expect(await loginFrom('2001:db8::1:9:9:9:9', freshEmail(), wrong)).toBe('locked for 2 s')
    expect(await loginFrom('2001:db8:0:2::5', freshEmail(), wrong)).toBe('INVALID_CREDENTIALS')
    seconds(2)
    expect(await inTurn(2, guess)).toEqual(['INVALID_CREDENTIALS', 'locked for 4 s'])
  }, 60_000)
})

describe('the cost of a hash', () => {
  it('is raised to that of today with the next login, unless the password is changed meanwhile', async () => {
    const email = freshEmail()
    const userId = await register(world, email)
    const cheap = await hashPassword(password, { memoryKibibytes: 1024, passes: 1, lanes: 1 })
    const stored = async () =>
      (await world.rows(passwordCredentials, eq(passwordCredentials.userId, userId)))[0]?.hash
    await world.host.database.db
      .update(passwordCredentials)
      .set({ hash: cheap })
      .where(eq(passwordCredentials.userId, userId))
    expect(await loginFrom(null, email, wrong)).toBe('INVALID_CREDENTIALS')
    expect(await stored()).toBe(cheap)
    expect(await loginFrom(null, email, password)).toBe('in')
    const renewed = await stored()
    expect(renewed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await loginFrom(null, email, password)).toBe('in')
    expect(await stored()).toBe(renewed)
  })
})
