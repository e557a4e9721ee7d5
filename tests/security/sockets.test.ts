import { once } from 'node:events'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../support/client.ts'
import { openTestHouse } from '../support/houses.ts'
import { newPerson, organizerWithEvent } from '../support/people.ts'
import { type PlantedKey, plantSigningKey, sign } from './support/forge.ts'
import { keepLog, type Refusal } from './support/kept-log.ts'
import { asksForSocket, send } from './support/probe.ts'
import { introduced, upgraded, waitFor, wireSocket } from './support/wire-socket.ts'

const { log, lines, expectTold } = keepLog()
let house: Awaited<ReturnType<typeof openTestHouse>>
let key: PlantedKey
let ada: Client
let bob: Client

beforeAll(async () => {
  house = await openTestHouse({ production: true, log })
  key = await plantSigningKey(house.databaseUrl)
  ada = await newPerson(house.url, 'Ada')
  bob = await newPerson(house.url, 'Bob')
})
afterAll(() => house?.close())

const stream = 'subscription ($after: String) { notificationStream(after: $after) { kind cursor } }'
const subscribe = (id: string, query = stream, variables: object = {}) => ({
  id,
  type: 'subscribe',
  payload: { query, variables },
})
const bearer = (person: Client) => person.accessToken ?? ''
const refusal = (code: string, retryable = false) => ({
  message: expect.any(String),
  extensions: { code, errorId: expect.any(String), retryable },
})

describe('a socket', () => {
  /** The code with which a socket is closed that sends this as soon as it is open. */
  const codeAfter = async (...frames: (object | string | Buffer)[]) => {
    const wire = wireSocket(house.url)
    await once(wire.socket, 'open')
    for (const frame of frames) wire.send(frame)
    return wire.closed
  }
  const init = { type: 'connection_init' }

  it('has three seconds to say who it is', async () => {
    const startedAt = performance.now()
    expect(await codeAfter()).toBe(4408)
    expect(performance.now() - startedAt).toBeGreaterThan(2_900)
  })

  it('is closed for breaking the protocol, with the code for how', async () => {
    expect(await codeAfter({ ...init, payload: { authorization: 'Bearer nonsense' } })).toBe(4403)
    expect(await codeAfter(init, init)).toBe(4429)
    expect(await codeAfter(subscribe('a'))).toBe(4401)
    expect(await codeAfter(Buffer.from([0, 1, 2]))).toBe(4400)
    expect(await codeAfter('{"type":')).toBe(4400)
    expect(await codeAfter({ type: 'nonsense' })).toBe(4400)
    const { id, type, payload } = subscribe('a')
    const batches = [[init, subscribe('a')], { id, type, payload: [payload, payload] }]
    for (const batch of batches) expect(await codeAfter(init, batch)).toBe(4400)
    expect(await codeAfter('x'.repeat(64 * 1024 + 1))).toBe(1009)
    const twice = await introduced(house.url, bearer(ada))
    twice.send(subscribe('a'))
    twice.send(subscribe('a'))
    expect(await twice.closed).toBe(4409)
  })

  it('that is refused or sent away is told with the reason, and counted; a client that leaves is not', async () => {
    /** The lines about sockets that come about, and how many were refused with a status. */
    const toldOf = async (count: number, happens: () => Promise<unknown>) => {
      const allGone = () => waitFor(() => house.house.router.liveStats().sockets === 0)
      await allGone()
      const before = lines.length
      await happens()
      await allGone()
      const news = () => lines.slice(before).filter(({ msg }) => msg?.startsWith('socket '))
      await waitFor(() => news().length >= count)
      return news().map(({ msg, status, code, reason, viewer }) => [msg, status ?? code, reason, viewer])
    }
    const { refused: before } = house.house.router.liveStats()
    const refusedBefore = before[400] ?? 0
    const search = '?token=x'
    expect(await toldOf(1, () => upgraded(wireSocket(house.url, { search })))).toEqual([
      ['socket refused', 400, undefined, undefined],
    ])
    expect(house.house.router.liveStats().refused[400]).toBe(refusedBefore + 1)

    const bad = { ...init, payload: { authorization: 'Bearer nonsense' } }
    expect(await toldOf(1, () => codeAfter(bad))).toEqual([['socket closed', 4403, 'Forbidden', undefined]])
    expect(lines.findLast(({ code }) => code === 4403)).toMatchObject({
      err: { message: 'The Authorization header is not a bearer …' },
    })
    expect(await toldOf(1, () => codeAfter(subscribe('a')))).toEqual([
      ['socket closed', 4401, 'Unauthorized', undefined],
    ])
    expect(await toldOf(1, () => codeAfter('x'.repeat(64 * 1024 + 1)))).toEqual([
      ['socket closed', 1009, 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', undefined],
    ])
    const same = async () => {
      const twice = await introduced(house.url, bearer(ada))
      twice.send(subscribe('a'))
      twice.send(subscribe('a'))
      return twice.closed
    }
    expect(await toldOf(1, same)).toEqual([['socket closed', 4409, '', ada.userId]])

    // What its client says is not repeated.
    const leaves = async (code: number) => {
      const wire = await introduced(house.url)
      wire.socket.close(code, 'words of mine')
      return wire.closed
    }
    const left = await toldOf(1, async () => {
      for (const code of [1000, 1001, 4999]) await leaves(code)
    })
    expect(left).toEqual([['socket closed', 4999, undefined, undefined]])
  })

  it('is refused without end, and told so sparingly', async () => {
    const before = lines.length
    const refused = () => house.house.router.liveStats().refused[404] ?? 0
    const goal = refused() + 100
    for (let i = 0; i < 100; i++) await send(house.url, { ...asksForSocket, path: `/nowhere/${i}` })
    expect(refused()).toBe(goal)
    const told = lines.slice(before).filter(({ msg, status }) => msg === 'socket refused' && status === 404)
    // Twenty at once, and what a slow machine adds in the meantime.
    expect(told.length).toBeGreaterThanOrEqual(20)
    expect(told.length).toBeLessThan(40)
  })

  it('speaks graphql-transport-ws and nothing else', async () => {
    // A client that insists on its protocol leaves by itself; one that offers none is told.
    const none = wireSocket(house.url, { protocol: [] })
    expect(await none.closed).toBe(4406)
    expect(await wireSocket(house.url, { protocol: 'graphql-ws' }).closed).toBe(1006)
  })

  it('takes its token as a parameter, never in its address', async () => {
    for (const search of [`?token=${bearer(ada)}`, `?authorization=Bearer%20x`, `?a=${bearer(ada)}`]) {
      expect(await upgraded(wireSocket(house.url, { search }))).toBe(400)
    }
  })

  it('that has not logged in is one of at most twenty from its address', async () => {
    const strangers = []
    for (let i = 0; i < 20; i++) strangers.push(wireSocket(house.url))
    expect(await Promise.all(strangers.map(upgraded))).toEqual(Array(20).fill('open'))
    expect(await upgraded(wireSocket(house.url))).toBe(429)
    expect(lines.findLast(({ msg }) => msg === 'socket refused')).toMatchObject({
      level: 'info',
      status: 429,
    })
    for (const { socket } of strangers) socket.terminate()
    await waitFor(() => house.house.router.liveStats().anonymous === 0)
    expect(await upgraded(wireSocket(house.url))).toBe('open')
  })
})

describe('the end of a token', () => {
  it('is told to each stream, then the socket is closed, within a second', async () => {
    const exp = Math.ceil(Date.now() / 1_000) + 3
    const header = decodeProtectedHeader(bearer(ada))
    const token = await sign(key.privateKey, { ...header, kid: key.kid }, { ...decodeJwt(bearer(ada)), exp })
    const wire = await introduced(house.url, token)
    wire.send(subscribe('a'))
    wire.send(subscribe('b'))
    await wire.until('next', 2)
    const errors = await wire.until('error', 2)
    expect(await wire.closed).toBe(4403)
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1_000)
    expect(Date.now()).toBeLessThan((exp + 1) * 1_000)
    expect(errors.toSorted((one, other) => ((one.id ?? '') < (other.id ?? '') ? -1 : 1))).toEqual([
      { id: 'a', type: 'error', payload: [refusal('SUBSCRIPTION_JWT_EXPIRED')] },
      { id: 'b', type: 'error', payload: [refusal('SUBSCRIPTION_JWT_EXPIRED')] },
    ])
    expectTold(errors.flatMap(({ payload }) => payload as Refusal[]))
  })
})

describe('the end of a session', () => {
  it('is the end of its streams: what happens afterwards reaches others alone', async () => {
    const { organizer, eventId } = await organizerWithEvent(house.url)
    const people = [await newPerson(house.url, 'Gone'), await newPerson(house.url, 'Here')]
    for (const person of people) await person.mutate('registerForEvent', { eventId }, 'registration { id }')
    const [gone, here] = await Promise.all(people.map((person) => introduced(house.url, bearer(person))))
    if (!gone || !here) throw new Error('there are two')
    gone.send(subscribe('s'))
    here.send(subscribe('s'))
    await Promise.all([gone.until('next'), here.until('next')])
    const startedAt = performance.now()
    await people[0]?.mutate('logout', {}, 'isLoggedOut')
    expect(await gone.closed).toBe(4403)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    const [before, heard] = [gone.frames.length, here.frames.length]
    await organizer.mutate(
      'sendAnnouncement',
      { eventId, segment: { status: ['CONFIRMED'] }, subject: 'News', body: 'Look.' },
      'announcement { id }',
    )
    await waitFor(() => here.frames.length > heard)
    expect(gone.frames).toHaveLength(before)
    here.socket.terminate()
  })
})

describe('limits', () => {
  it('hold fifty operations to a socket, and refuse the next one alone', async () => {
    const wire = await introduced(house.url, bearer(ada))
    for (let i = 0; i < 51; i++) wire.send(subscribe(`s${i}`))
    const refused = await wire.until('error')
    expect(refused).toEqual([{ id: 's50', type: 'error', payload: [refusal('SUBSCRIPTION_MAX_LIMIT')] }])
    expectTold(refused[0]?.payload as Refusal[])
    await wire.until('next', 50)
    expect(wire.socket.readyState).toBe(wire.socket.OPEN)
    wire.socket.terminate()
  })

  it('are those of HTTP for what an operation may hold, and leave the other operations alone', async () => {
    const wire = await introduced(house.url, bearer(ada))
    wire.send(subscribe('going'))
    await wire.until('next')
    const aliases = Array.from({ length: 300 }, (_, i) => `a${i}: __typename`).join(' ')
    const { errors } = await ada.request(`{ ${aliases} }`)
    expect(errors.map(({ extensions }) => extensions.code)).toContain('MAX_ALIASES_LIMIT')
    const codeOf = async (query: string, id: string) => {
      wire.send(subscribe(id, query))
      await waitFor(() => wire.frames.some((frame) => frame.id === id))
      return JSON.stringify(wire.frames.find((frame) => frame.id === id))
    }
    expect(await codeOf(`{ ${aliases} }`, 'q')).toContain('MAX_ALIASES_LIMIT')
    expect(await codeOf(`mutation { ${aliases} }`, 'm')).toContain('MAX_ALIASES_LIMIT')
    expect(await codeOf(`subscription { notificationStream { ${aliases} } }`, 's')).toContain(
      'MAX_ALIASES_LIMIT',
    )
    expect(await codeOf('subscription {', 'p')).toContain('GRAPHQL_PARSE_FAILED')
    expect(await codeOf('subscription { nothing }', 'v')).toContain('GRAPHQL_VALIDATION_FAILED')
    expect(
      await codeOf('subscription ($in: Boolean!) { notificationStream @include(if: $in) { kind } }', 'c'),
    ).toContain('GRAPHQL_VALIDATION_FAILED')
    expect(wire.socket.readyState).toBe(wire.socket.OPEN)
    wire.socket.terminate()
  })

  it('close a socket that sends without end', async () => {
    const wire = await introduced(house.url, bearer(ada))
    for (let i = 0; i < 200; i++) wire.send({ type: 'ping' })
    expect(await wire.closed).toBe(1013)
  })
})

describe("somebody else's stream", () => {
  it('is not to be had: not by their cursor, not without a login', async () => {
    const own = await introduced(house.url, bearer(ada))
    own.send(subscribe('s'))
    const [first] = await own.until('next')
    const item = first?.payload as { data: { notificationStream: { cursor: string } } } | undefined
    const after = item?.data.notificationStream.cursor
    expect(after).toEqual(expect.any(String))
    const other = await introduced(house.url, bearer(bob))
    other.send(subscribe('s', stream, { after }))
    expect(await other.until('error')).toEqual([
      { id: 's', type: 'error', payload: [refusal('BAD_USER_INPUT')] },
    ])
    const nobody = await introduced(house.url)
    nobody.send(subscribe('s', stream, { after }))
    const [refused] = await nobody.until('next')
    expect(refused?.payload).toMatchObject({ data: null, errors: [refusal('UNAUTHORIZED_FIELD_OR_TYPE')] })
    for (const { socket } of [own, other, nobody]) socket.terminate()
  })
})
