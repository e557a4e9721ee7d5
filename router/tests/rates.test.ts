import { randomUUID } from 'node:crypto'
import type { UserCaller } from '@guildhall/kit/caller'
import { createLog } from '@guildhall/kit/log'
import { GraphQLError } from 'graphql'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { payerOf } from '../callers/payer.ts'
import { createRates, type Payer, type RateTuning } from '../operations/rates.ts'
import { connectRedis, type SharedRedis } from '../redis.ts'
import { isRedisHere, openRedis, type TestRedis, withoutRedis } from './support/redis.ts'
import { startWorld, until, type World } from './support/world.ts'

const rates = (tuning: Partial<RateTuning>, redis?: SharedRedis) =>
  createRates({ user: 0, key: 0, address: 0, ...tuning }, redis)
const user = (id: string): Payer => ({ kind: 'user', id })

/** Seconds to wait, or undefined when it was let in. */
async function waitOf(spending: Promise<void>): Promise<number | undefined> {
  try {
    await spending
    return undefined
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    const { code, retryAfterMs, http } = error.extensions
    const { status, headers } = http as unknown as { status: number; headers: Record<string, string> }
    expect([code, status]).toEqual(['RATE_LIMITED', 429])
    const seconds = Number(headers['retry-after'])
    expect(seconds).toBe(Math.ceil(Number(retryAfterMs) / 1_000))
    return seconds
  }
}

describe('the cost that may be spent in a minute', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is counted for each payer apart, and again from the next minute on', async () => {
    vi.useFakeTimers()
    const { spend } = rates({ user: 100, key: 100 })
    expect(await waitOf(spend(user('ada'), 60))).toBe(undefined)
    expect(await waitOf(spend(user('ada'), 40))).toBe(undefined)
    vi.advanceTimersByTime(20_000)
    expect(await waitOf(spend(user('ada'), 1))).toBe(40)
    expect(await waitOf(spend(user('bob'), 100))).toBe(undefined)
    expect(await waitOf(spend({ kind: 'key', id: 'ada' }, 100))).toBe(undefined)
    vi.advanceTimersByTime(40_000)
    expect(await waitOf(spend(user('ada'), 100))).toBe(undefined)
  })

  it('is at least one point for each operation, in whole points', async () => {
    const { spend } = rates({ user: 3 })
    for (let count = 0; count < 3; count++) expect(await waitOf(spend(user('ada'), 0))).toBe(undefined)
    expect(await waitOf(spend(user('ada'), 0))).toBe(60)
    expect(await waitOf(spend(user('bob'), 2.5))).toBe(undefined)
    expect(await waitOf(spend(user('bob'), 0))).toBe(60)
  })

  it('has no limit where none is set', async () => {
    const { spend } = rates({})
    expect(await waitOf(spend(user('ada'), 1e12))).toBe(undefined)
  })
})

describe.skipIf(!isRedisHere)(`several routers${withoutRedis}`, () => {
  let server: TestRedis
  beforeAll(async () => {
    server = await openRedis()
  })
  afterAll(() => server?.stop())
  const open = async () => {
    const redis = connectRedis(server.url, createLog('silent'))
    await until(() => redis.isUp())
    return redis
  }

  it('count together', async () => {
    const shared = [await open(), await open()] as const
    const [one, two] = shared.map((redis) => rates({ user: 100 }, redis)) as [
      ReturnType<typeof rates>,
      ReturnType<typeof rates>,
    ]
    const ada = user(randomUUID())
    expect(await waitOf(one.spend(ada, 60))).toBe(undefined)
    expect(await waitOf(two.spend(ada, 40))).toBe(undefined)
    expect(await waitOf(one.spend(ada, 1))).toBeGreaterThan(50)
    expect(await waitOf(two.spend(ada, 1))).toBeGreaterThan(50)
    expect(await waitOf(two.spend(user(randomUUID()), 100))).toBe(undefined)
    await Promise.all(shared.map((redis) => redis.close()))
  })

  it('count each for itself once Redis is away', async () => {
    const redis = await open()
    const { spend } = rates({ user: 100 }, redis)
    const ada = user(randomUUID())
    expect(await waitOf(spend(ada, 100))).toBe(undefined)
    redis.client.destroy()
    expect(await waitOf(spend(ada, 100))).toBe(undefined)
    expect(await waitOf(spend(ada, 1))).toBe(60)
  })
})

describe.skipIf(!isRedisHere)(`routers that are told of one Redis${withoutRedis}`, () => {
  let server: TestRedis
  const worlds: World[] = []
  beforeAll(async () => {
    server = await openRedis()
    const rates = { user: 3, key: 3, address: 0 }
    for (let count = 0; count < 2; count++) {
      worlds.push(await startWorld('in-process', { redisUrl: server.url, gate: { rates } }))
    }
  })
  afterAll(async () => {
    for (const world of worlds) await world.close()
    await server?.stop()
  })

  /** What happens to somebody who asks at these routers, one after the other. */
  const statusesAt = async (tokenAt: (world: World) => string | Promise<string>, ...at: number[]) => {
    const replies: Awaited<ReturnType<World['post']>>[] = []
    for (const index of at) {
      const world = worlds[index] as World
      replies.push(await world.post('{ __typename }', { token: tokenAt(world) }))
    }
    return { statuses: replies.map(({ status }) => status), last: replies.at(-1) }
  }
  const person = () => {
    const userId = `usr_${randomUUID()}`
    return (world: World) => world.identity.login(userId).token
  }

  it('let nobody spend at one what was spent at the other', async () => {
    // They connect in the background, and count for themselves until then.
    await until(async () => (await statusesAt(person(), 0, 0, 0, 1)).statuses[3] === 429, 15_000)
    const { statuses, last } = await statusesAt(person(), 0, 1, 0, 1)
    expect(statuses).toEqual([200, 200, 200, 429])
    expect(last?.body.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryable: true } }])
    const seconds = Number(last?.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
    expect((await statusesAt(person(), 1, 1, 1)).statuses).toEqual([200, 200, 200])
  })
})

describe('who pays', () => {
  const from = (address: string | null) => payerOf({ kind: 'anonymous' }, { address, userAgent: null })

  it('for anonymous calls is the network they come from', () => {
    expect(from('192.0.2.7')).toEqual({ kind: 'address', id: '192.0.2.7' })
    expect(from('2001:db8::1')).toEqual(from('2001:db8:0:0:ffff::2'))
    expect(from('2001:db8::1')).not.toEqual(from('2001:db8:0:1::1'))
    expect(from(null)).toEqual({ kind: 'address', id: '' })
  })

  it('in the name of a person is the person, or who acts as them', () => {
    const ada: UserCaller = { kind: 'user', userId: 'ada', sessionId: 's', platformRoles: [], grants: {} }
    const client = { address: '192.0.2.7', userAgent: null }
    expect(payerOf(ada, client)).toEqual({ kind: 'user', id: 'ada' })
    expect(payerOf({ ...ada, impersonatorId: 'eve' }, client)).toEqual({ kind: 'user', id: 'eve' })
  })
})
