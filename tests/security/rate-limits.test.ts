import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../support/client.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { newPerson } from '../support/people.ts'
import { post, send } from './support/probe.ts'
import { openRawSocket } from './support/raw-socket.ts'

let house: RunningHouse
let ada: Client
let bob: Client

/** Costs 1 + 90 × (1 + 10) = 991. */
const dear = '{ events(first: 90) { nodes { registrations(first: 9) { nodes { id } } } } }'
const perMinute = { user: 10_000, key: 10_000, address: 2_000 }

beforeAll(async () => {
  house = await openTestHouse({ production: true, gate: { demand: { mode: 'enforce' }, rates: perMinute } })
  ada = await newPerson(house.url, 'Ada')
  bob = await newPerson(house.url, 'Bob')
})
afterAll(() => house?.close())

const ask = (client: Client | null, query: string, headers: Record<string, string> = {}) => {
  const authorization = client ? { authorization: `Bearer ${client.accessToken}` } : {}
  return send(house.url, post({ query }, { ...authorization, ...headers }))
}

const limited = [
  {
    message: 'Too many requests, try again later.',
    extensions: {
      code: 'RATE_LIMITED',
      errorId: expect.any(String),
      retryable: true,
      retryAfterMs: expect.any(Number),
    },
  },
]

describe('whoever has spent the cost of a minute', () => {
  it('waits, as the answer says', async () => {
    const statuses: number[] = []
    for (let count = 0; count < 11; count++) statuses.push((await ask(ada, dear)).status)
    expect(statuses).toEqual([...Array<number>(10).fill(200), 429])
    const { status, headers, text } = await ask(ada, '{ __typename }')
    expect([status, JSON.parse(text)]).toEqual([429, { errors: limited }])
    const { retryAfterMs } = JSON.parse(text).errors[0].extensions as { retryAfterMs: number }
    expect(Number(headers['retry-after'])).toBe(Math.ceil(retryAfterMs / 1_000))
    expect(retryAfterMs).toBeGreaterThan(0)
    expect(retryAfterMs).toBeLessThanOrEqual(60_000)
  })

  it('waits over WebSocket too, where only the operation ends', async () => {
    const socket = await openRawSocket(house.url, ada.accessToken)
    for (const query of ['{ __typename }', 'subscription { notificationStream { kind } }']) {
      const { payload } = await socket.ask({ query })
      expect(Array.isArray(payload) ? payload : (payload as { errors: unknown }).errors).toEqual(limited)
    }
    expect(socket.isOpen()).toBe(true)
    socket.close()
  })

  it('waits with an API key, too, and its owner does not', async () => {
    const owner = await newPerson(house.url, 'Owner')
    const keys = []
    for (const name of ['first', 'second']) {
      const { key } = await owner.mutate<{ key: string }>('createApiKey', { name }, 'key')
      expect(key).toMatch(/^ghk_/)
      keys.push({ ...owner, accessToken: key })
    }
    const [first = owner, second = owner] = keys
    const statuses: number[] = []
    for (let count = 0; count < 11; count++) statuses.push((await ask(first, dear)).status)
    expect(statuses).toEqual([...Array<number>(10).fill(200), 429])
    expect(JSON.parse((await ask(first, '{ __typename }')).text)).toEqual({ errors: limited })
    const socket = await openRawSocket(house.url, first.accessToken)
    const { payload } = await socket.ask({ query: '{ __typename }' })
    expect((payload as { errors: unknown }).errors).toEqual(limited)
    socket.close()
    for (const other of [second, owner]) expect((await ask(other, dear)).status).toBe(200)
  })

  it('keeps nobody else waiting', async () => {
    const { status, text } = await ask(bob, '{ me { id } }')
    expect([status, JSON.parse(text)]).toEqual([200, { data: { me: { id: bob.userId } } }])
    expect((await ask(null, '{ __typename }')).status).toBe(200)
  })

  it('is known by the address if by nothing else, whatever is claimed of it', async () => {
    const statuses: number[] = []
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) {
      const claims = { 'x-forwarded-for': address, forwarded: `for=${address}`, 'x-real-ip': address }
      statuses.push((await ask(null, dear, claims)).status)
    }
    expect(statuses).toEqual([200, 429, 429])
  })
})
