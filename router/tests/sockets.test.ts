import { once } from 'node:events'
import { connect as connectTo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { connect, openSocket as open, upgradeStatus } from './support/raw-socket.ts'
import { note } from './support/toy-subgraphs.ts'
import { closeCode, startWorld, until, untilHeard, type World } from './support/world.ts'

describe('sockets', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld('in-process')
    await untilHeard(world)
  })
  afterAll(() => world.close())

  it('have three seconds to introduce themselves', async () => {
    const started = performance.now()
    expect(await closeCode(open(world))).toBe(4408)
    expect(performance.now() - started).toBeGreaterThan(2_900)
  })

  it('are closed for breaking the protocol', async () => {
    const send = async (...frames: (string | Buffer)[]) => {
      const socket = open(world)
      await once(socket, 'open')
      for (const frame of frames) socket.send(frame)
      return closeCode(socket)
    }
    const init = '{"type":"connection_init"}'
    const subscribe = JSON.stringify({
      id: '1',
      type: 'subscribe',
      payload: { query: 'subscription { noteAdded { id } }' },
    })
    expect(await closeCode(open(world, { protocol: 'graphql-ws' }))).toBe(1006)
    expect(await send('{"type":')).toBe(4400)
    expect(await send(Buffer.from([0xff, 0x00]))).toBe(4400)
    expect(await send(subscribe)).toBe(4401)
    expect(await send(init, init)).toBe(4429)
    expect(await send('x'.repeat(64 * 1024 + 1))).toBe(1009)
    const { socket, closed, subscribe: twice } = await connect(world)
    twice('subscription { noteAdded { id } }')
    twice('subscription { noteAdded { id } }')
    expect(await closed).toBe(4409)
    socket.terminate()
    await until(() => world.state.openStreams === 0)
  })

  const upgradeTo = (path: string) =>
    `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`

  it('whose client resets the connection while they are refused harm nobody', async () => {
    const { hostname, port } = new URL(world.url)
    const attempt = (path: string) =>
      new Promise((resolve) => {
        const connection = connectTo(Number(port), hostname, () => {
          connection.write(upgradeTo(path))
          connection.resetAndDestroy()
        })
        connection.on('close', resolve)
      })
    // An error that nobody hears fails the whole run.
    for (let i = 0; i < 20; i++) {
      for (const path of ['/nowhere', '/graphql', '/graphql?access_token=x']) await attempt(path)
    }
    expect((await world.post('{ note { id } }')).status).toBe(200)
  })

  it('that are refused take no connection of clients that do not leave', async () => {
    const { hostname, port } = new URL(world.url)
    const connection = connectTo({ port: Number(port), host: hostname, allowHalfOpen: true })
    connection.on('error', () => {})
    connection.write(upgradeTo('/nowhere'))
    const [answer] = await Promise.all([once(connection, 'data'), once(connection, 'end')])
    expect(String(answer)).toMatch(/^HTTP\/1\.1 404 /)
    // The other side takes nothing more: it is gone as a whole.
    await until(() => !connection.write('still here') && connection.destroyed)
  })

  it('with an id that fits into no close frame end as others do', async () => {
    const { closed, subscribe } = await connect(world)
    const id = 'x'.repeat(128)
    subscribe('subscription { noteAdded { id } }', id)
    subscribe('subscription { noteAdded { id } }', id)
    expect(await closed).toBe(4409)
    expect(world.logged.filter(({ level, err }) => level === 'error' && err)).toEqual([])
  })

  it('are refused with a bad token', async () => {
    for (const authorization of ['Bearer nonsense', 'Bearer a.b.c', 'Basic abc']) {
      const socket = open(world)
      await once(socket, 'open')
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }))
      expect(await closeCode(socket)).toBe(4403)
    }
  })

  it('take the token from where clients put it', async () => {
    const { token } = world.identity.login('p1')
    for (const payload of [
      { authorization: `Bearer ${await token}` },
      { headers: { AUTHORIZATION: `Bearer ${await token}` } },
    ]) {
      const socket = open(world)
      await once(socket, 'open')
      socket.send(JSON.stringify({ type: 'connection_init', payload }))
      await once(socket, 'message')
      socket.send(JSON.stringify({ id: 'q', type: 'subscribe', payload: { query: '{ me { id } }' } }))
      const [data] = await once(socket, 'message')
      expect(JSON.parse(String(data))).toEqual({
        id: 'q',
        type: 'next',
        payload: { data: { me: { id: 'p1' } } },
      })
      socket.close()
    }
  })

  it('tell each stream that the token has ended, then close', async () => {
    const { sessionId } = world.identity.login('p1')
    const token = await world.identity.token(sessionId, { lifetime: '2s' })
    const expiresAt = Date.now() + 2_000
    const { closed, subscribe, messages } = await connect(world, token)
    subscribe('subscription { noteAdded { id } }', 'a')
    subscribe('subscription { maybeNote { id } }', 'b')
    expect(await closed).toBe(4403)
    expect(Math.abs(Date.now() - expiresAt)).toBeLessThan(1_500)
    const told = {
      message: 'The access token has expired. Refresh it, then subscribe again.',
      extensions: { code: 'SUBSCRIPTION_JWT_EXPIRED', errorId: expect.any(String), retryable: false },
    }
    expect(messages.slice(1)).toEqual([
      { id: 'a', type: 'error', payload: [told] },
      { id: 'b', type: 'error', payload: [told] },
    ])
    await until(() => world.state.openStreams === 0)
  })

  it('are closed within two seconds when the session is revoked, and others stay', async () => {
    const gone = world.identity.login('p1')
    const staying = world.identity.login('p2')
    const first = await connect(world, await gone.token)
    const second = await connect(world, await staying.token)
    first.subscribe('subscription { noteAdded { id } }')
    second.subscribe('subscription { noteAdded { id } }')
    await until(() => world.state.openStreams === 2)
    const started = performance.now()
    world.identity.endSession(gone.sessionId)
    expect(await first.closed).toBe(4403)
    expect(performance.now() - started).toBeLessThan(2_000)
    await until(() => world.state.openStreams === 1)
    expect(second.socket.readyState).toBe(WebSocket.OPEN)
    second.socket.terminate()
    await until(() => world.state.openStreams === 0)
  })

  it('are closed when rights are lost and go on with those that are gained', async () => {
    const { token } = world.identity.login('p3', ['notes:burn'])
    const { socket, messages, subscribe, closed } = await connect(world, await token)
    world.identity.setPermissions('p3', ['notes:burn', 'admin'])
    let asked = 0
    await until(() => {
      subscribe('{ note { secret } }', `q${asked++}`)
      return messages.some(({ payload }) => JSON.stringify(payload)?.includes('s3cret'))
    })
    expect(socket.readyState).toBe(WebSocket.OPEN)
    const started = performance.now()
    world.identity.setPermissions('p3', ['admin'])
    expect(await closed).toBe(4403)
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  it('are closed within two seconds of a revocation that nobody heard of', async () => {
    const { sessionId, token } = world.identity.login('p4')
    const { closed } = await connect(world, await token)
    world.identity.deaf = true
    world.identity.breakStream()
    expect(world.identity.streams()).toBe(0)
    const started = performance.now()
    world.identity.endSession(sessionId)
    expect(await closed).toBe(4403)
    expect(performance.now() - started).toBeLessThan(2_000)
    world.identity.deaf = false
  })

  it('are told to come back later when identity is away', async () => {
    const { token } = world.identity.login('p5')
    await token
    world.identity.away = true
    const { closed } = await connect(world, await token)
    expect(await closed).toBe(1013)
    world.identity.away = false
  })

  it('that do not read fast enough are cut and end upstream', async () => {
    const { messages, socket, subscribe, closed } = await connect(world)
    subscribe('subscription { flood { id } }')
    await until(() => world.state.openStreams === 1)
    for (let i = 0; i < 200; i++) world.state.bus.emit('flood', note({ id: `n${i}` }))
    expect(await closed).toBe(1013)
    expect(world.state.openStreams).toBe(0)
    expect(messages.filter(({ type }) => type === 'next').length).toBeLessThan(200)
    socket.terminate()
  })
})

describe('a router that stops', () => {
  it('answers what is running, tells sockets to come back, and takes no more', async () => {
    const world = await startWorld('in-process')
    const { messages, subscribe, closed } = await connect(world)
    const idle = await connect(world)
    subscribe('mutation { slowRename(id: "p1") { id } }', 'm')
    const http = world.post('mutation { slowRename(id: "p2") { id } }')
    await until(() => world.state.fetches.people.length === 2)
    const stopped = world.router.close()
    expect(await idle.closed).toBe(1012)
    expect(await closeCode(open(world))).toBe(1006)
    expect(await closed).toBe(1012)
    expect(messages.find(({ id, type }) => id === 'm' && type === 'next')?.payload).toEqual({
      data: { slowRename: { id: 'p1' } },
    })
    expect((await http).body).toEqual({ data: { slowRename: { id: 'p2' } } })
    await stopped
    await expect(world.post('{ me { id } }')).rejects.toThrow('fetch failed')
    await world.close()
  })
})

describe('sockets of pages', () => {
  it('are accepted from configured origins alone, and from clients that are no page', async () => {
    const world = await startWorld('in-process', { corsOrigins: ['https://app.test'] })
    expect(await upgradeStatus(open(world, { origin: 'https://evil.test' }))).toBe(403)
    expect(await upgradeStatus(open(world, { origin: 'https://app.test' }))).toBe('open')
    expect(await upgradeStatus(open(world))).toBe('open')
    await world.close()
  })

  it('are accepted in production from the host of the socket alone where no origins are configured', async () => {
    const world = await startWorld('in-process', { production: true })
    const { host } = new URL(world.url)
    expect(await upgradeStatus(open(world, { origin: 'https://evil.test' }))).toBe(403)
    expect(await upgradeStatus(open(world, { origin: 'null' }))).toBe(403)
    expect(await upgradeStatus(open(world, { origin: `https://${host}.evil.test` }))).toBe(403)
    // A proxy in front ends TLS: the page's origin is https, the socket to us is not.
    expect(await upgradeStatus(open(world, { origin: `https://${host}` }))).toBe('open')
    await world.close()
  })
})
