import { once } from 'node:events'
import type { Caller } from '@guildhall/kit/caller'
import { afterEach, describe, expect, it } from 'vitest'
import { createAdmission } from '../live/admission.ts'
import { createBacklog } from '../live/backlog.ts'
import { type LiveLimits, liveLimits } from '../live/limits.ts'
import { createMessageBudget } from '../live/message-budget.ts'
import { connect, openSocket, upgradeStatus } from './support/raw-socket.ts'
import { closeCode, startWorld, until, type World } from './support/world.ts'

const query = 'subscription ($min: Int) { noteAdded(min: $min) { id } }'

describe('one socket', () => {
  let world: World
  afterEach(() => world.close())

  it('runs so many operations at a time; one more is refused and the others go on', async () => {
    world = await startWorld('in-process', { live: { subscriptionsPerSocket: 3 } })
    const { socket, messages, subscribe } = await connect(world)
    for (const min of [1, 2, 3, 4]) subscribe(query, `s${min}`, { min })
    await until(() => messages.length === 2 && world.state.openStreams === 3)
    expect(messages[1]).toEqual({
      id: 's4',
      type: 'error',
      payload: [
        {
          message: 'At most 3 operations may run on one connection at a time.',
          extensions: { code: 'SUBSCRIPTION_MAX_LIMIT', errorId: expect.any(String), retryable: false },
        },
      ],
    })
    socket.send('{"id":"s1","type":"complete"}')
    await until(() => world.state.openStreams === 2)
    subscribe(query, 's5', { min: 5 })
    await until(() => world.state.openStreams === 3)
    expect(socket.readyState).toBe(socket.OPEN)
    expect(messages).toHaveLength(2)
  })

  it('may not give an operation an endless id, which every event would repeat', async () => {
    world = await startWorld('in-process')
    const { messages, subscribe } = await connect(world)
    subscribe(query, 'x'.repeat(129))
    await until(() => messages.length === 2)
    expect(messages[1]).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'BAD_REQUEST' } }] })
  })

  it.each([
    ['messages', (socket: WebSocketLike) => socket.send('{"type":"ping"}')],
    ['pings of the transport', (socket: WebSocketLike) => socket.ping()],
  ])('is closed when it sends too many %s', async (_what, send) => {
    world = await startWorld('in-process', { live: { messageBurst: 10, messagesPerSecond: 1 } })
    const { socket, closed } = await connect(world)
    // The introduction was the first.
    for (let sent = 0; sent < 9; sent++) send(socket)
    socket.ping()
    expect(await closed).toBe(1013)
    await until(() => world.router.liveStats().sockets === 0)
    expect(world.router.liveStats().closed).toEqual({ 1013: 1 })
  })
})

interface WebSocketLike {
  send(text: string): void
  ping(): void
}

describe('sockets of one address', () => {
  it('that have not logged in are refused beyond a number, until others go or log in', async () => {
    const world = await startWorld('in-process', { live: { anonymousPerAddress: 2, connectionsPerUser: 1 } })
    const waiting = openSocket(world)
    await once(waiting, 'open')
    const anonymous = await connect(world)
    expect(await upgradeStatus(openSocket(world))).toBe(429)
    expect(world.router.liveStats()).toMatchObject({ anonymous: 2, addresses: 1, users: 0 })
    waiting.terminate()
    await until(() => world.router.liveStats().anonymous === 1)

    const { token } = world.identity.login('p1')
    const person = await connect(world, token)
    expect(world.router.liveStats()).toMatchObject({ anonymous: 1, users: 1 })
    const second = openSocket(world)
    await once(second, 'open')
    second.send(
      JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${await token}` } }),
    )
    expect(await closeCode(second)).toBe(1013)
    anonymous.socket.terminate()
    person.socket.terminate()
    await until(() => world.router.liveStats().sockets === 0)
    expect(world.router.liveStats()).toMatchObject({ anonymous: 0, users: 0, addresses: 0 })
    await world.close()
  })

  it('that carry a credential in their address, or go elsewhere, do not come into being', async () => {
    const world = await startWorld('in-process')
    const status = (search: string) => upgradeStatus(openSocket(world, { search }))
    expect(await status('?token=x')).toBe(400)
    expect(await status('?access_token=x')).toBe(400)
    expect(await status('?a=Bearer%20x')).toBe(400)
    expect(await status('/nowhere')).toBe(404)
    expect(world.router.liveStats()).toMatchObject({ sockets: 0, anonymous: 0 })
    await world.close()
  })
})

const anonymous = { kind: 'anonymous' } as const
const user = (userId: string): Caller => ({
  kind: 'user',
  userId,
  sessionId: 's',
  platformRoles: [],
  grants: {},
})

describe('where the operator says nothing', () => {
  const limits: LiveLimits = {
    subscriptionsPerSocket: 50,
    messagesPerSecond: 20,
    messageBurst: 120,
    messageBytes: 65_536,
    connectionsPerUser: 50,
    connectionsPerAddress: 500,
    anonymousPerAddress: 20,
    anonymous: 1_000,
    waitingEvents: 256,
    waitingBytes: 1_048_576,
  }

  it('these are the limits, each until it is set', () => {
    expect(liveLimits()).toEqual(limits)
    const names = Object.keys(limits) as (keyof LiveLimits)[]
    expect(liveLimits(Object.fromEntries(names.map((name) => [name, undefined])))).toEqual(limits)
    for (const name of names) expect(liveLimits({ [name]: 7 })).toEqual({ ...limits, [name]: 7 })
  })

  /** How many are let in, of more than should be. */
  const admitted = (tries: number, isLetIn: (index: number) => boolean | undefined): number =>
    Array.from({ length: tries }, (_, index) => isLetIn(index)).filter(Boolean).length

  it('a router takes a thousand strangers, of one address twenty', () => {
    const { enter } = createAdmission(liveLimits())
    expect(admitted(30, () => enter('a') !== undefined)).toBe(20)
    expect(admitted(1_100, (index) => enter(`b${index}`) !== undefined)).toBe(980)
  })

  it('a user has fifty connections, and an address five hundred', () => {
    const { enter } = createAdmission(liveLimits())
    expect(admitted(60, () => enter('a')?.identify(user('ada')))).toBe(50)
    const { enter: enterOther } = createAdmission(liveLimits())
    expect(admitted(600, (index) => enterOther('a')?.identify(user(`u${index}`)))).toBe(500)
  })

  it('a router that serves counts by them', async () => {
    const world = await startWorld('in-process')
    const sockets = []
    for (let count = 0; count < 20; count++) sockets.push(openSocket(world))
    expect(await Promise.all(sockets.map(upgradeStatus))).toEqual(Array(20).fill('open'))
    expect(await upgradeStatus(openSocket(world))).toBe(429)
    for (const socket of sockets) socket.terminate()
    await until(() => world.router.liveStats().sockets === 0)

    const { token } = world.identity.login('p1')
    const own = []
    for (let count = 0; count < 50; count++) own.push(await connect(world, token))
    expect(world.router.liveStats()).toMatchObject({ sockets: 50, anonymous: 0, users: 1 })
    expect(await (await connect(world, token)).closed).toBe(1013)
    expect(own.every(({ socket }) => socket.readyState === socket.OPEN)).toBe(true)
    for (const { socket } of own) socket.terminate()
    await world.close()
  })
})

describe('what is counted', () => {
  it('is who is there: by address, by user, and all who have not logged in', () => {
    const admission = createAdmission({
      connectionsPerUser: 2,
      connectionsPerAddress: 3,
      anonymousPerAddress: 2,
      anonymous: 3,
    })
    const first = admission.enter('a')
    expect(first?.identify(anonymous)).toBe(true)
    expect(first?.identify(user('u'))).toBe(true)
    const second = admission.enter('a')
    const third = admission.enter('a')
    expect(second?.identify(user('u'))).toBe(true)
    expect(third?.identify(user('u'))).toBe(false)
    expect(admission.enter('a')).toBeUndefined()
    expect(admission.counts()).toEqual({ anonymous: 1, users: 1, addresses: 1 })
    const others = [admission.enter('b'), admission.enter('c')]
    expect(admission.enter('d')).toBeUndefined()
    for (const visitor of [first, second, third, ...others]) {
      visitor?.leave()
      visitor?.leave()
    }
    expect(admission.counts()).toEqual({ anonymous: 0, users: 0, addresses: 0 })
    expect(first?.identify(user('v'))).toBe(false)
    expect(admission.counts()).toEqual({ anonymous: 0, users: 0, addresses: 0 })
  })

  it('is messages: so many at once, then so many per second', () => {
    const start = performance.now()
    const take = createMessageBudget(3, 2)
    const taken = (seconds: number) => take(start + seconds * 1_000)
    expect([taken(1), taken(1), taken(1), taken(1)]).toEqual([true, true, true, false])
    expect([taken(1.4), taken(1.6), taken(1.7), taken(2.2)]).toEqual([false, true, false, true])
    expect([taken(60), taken(60), taken(60), taken(60)]).toEqual([true, true, true, false])
  })

  it('is events that wait for a reader, and their bytes', () => {
    const mayPush = createBacklog({ waitingEvents: 3, waitingBytes: 100 })
    expect([mayPush(0), mayPush(10), mayPush(20), mayPush(30)]).toEqual([true, true, true, false])
    expect([mayPush(0), mayPush(100), mayPush(0), mayPush(101)]).toEqual([true, true, true, false])
  })
})
