import { type Client, createClient } from 'graphql-sse'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEvents, untilEvents } from './support/event-stream.ts'
import { connect } from './support/raw-socket.ts'
import { note } from './support/toy-subgraphs.ts'
import { startWorld, until, untilHeard, type World } from './support/world.ts'

const query = 'subscription { noteAdded { id reader { name } } }'
const added = (id: string) => ({ data: { noteAdded: { id, reader: { name: 'Person p2' } } } })
const complete = { event: 'complete', data: null }

describe('server-sent events', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld('in-process', { corsOrigins: ['https://app.test'] })
    await untilHeard(world)
  })
  afterAll(() => world.close())

  const emit = (id: string) => world.state.bus.emit('note', note({ id }))
  const allGone = () =>
    until(() => world.state.openStreams === 0 && world.router.liveStats().eventStreams === 0)
  const refused = (code: string) => ({
    message: expect.any(String),
    extensions: { code, errorId: expect.any(String), retryable: false },
  })

  it('bring a client of the protocol every event, until it leaves', async () => {
    const client: Client = createClient({ url: `${world.url}/graphql`, retryAttempts: 0 })
    const stream = client.iterate({ query })
    const first = stream.next()
    await until(() => world.state.openStreams === 1)
    emit('e1')
    expect((await first).value).toEqual(added('e1'))
    await stream.return?.()
    await allGone()
    client.dispose()
  })

  it('answer queries, mutations and refusals, then say that this was all', async () => {
    const { token } = world.identity.login('p1')
    const answered = async (sent: object, options = {}) => {
      const stream = await openEvents(world.url, sent, options)
      expect([stream.status, await stream.ended]).toEqual([200, 'ended'])
      return stream.events
    }
    expect(await answered({ query: '{ me { id } }' }, { token })).toEqual([
      { event: 'next', data: { data: { me: { id: 'p1' } } } },
      complete,
    ])
    const rename = {
      query: 'mutation M($n: String!) { rename(id: "p1", name: $n) { name } }',
      variables: { n: 'x' },
    }
    expect(await answered(rename)).toEqual([
      { event: 'next', data: { data: { rename: { name: 'x' } } } },
      complete,
    ])
    for (const [sent, code] of [
      ['subscription { noteAdded { nope } }', 'GRAPHQL_VALIDATION_FAILED'],
      ['{ nope }', 'GRAPHQL_VALIDATION_FAILED'],
      ['subscription {', 'GRAPHQL_PARSE_FAILED'],
      ['subscription { refused { id } }', 'FORBIDDEN'],
      ['subscription { vaultOpened { gold } }', 'UNAUTHORIZED_FIELD_OR_TYPE'],
    ] as const) {
      const [next, end] = await answered({ query: sent })
      expect(end).toEqual(complete)
      expect(next).toMatchObject({ event: 'next', data: { errors: [{ extensions: { code } }] } })
    }
  })

  it('share a stream with sockets, and carry headers that keep proxies from holding them back', async () => {
    const socket = await connect(world)
    socket.subscribe(query)
    const stream = await openEvents(world.url, { query }, { headers: { origin: 'https://app.test' } })
    await until(() => world.router.liveStats().subscribers === 2)
    expect(world.state.openStreams).toBe(1)
    emit('both')
    await untilEvents(stream, 1)
    expect(stream.events).toEqual([{ event: 'next', data: added('both') }])
    await until(() => socket.results().length === 1)
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-store, no-transform',
      'x-accel-buffering': 'no',
      'access-control-allow-origin': 'https://app.test',
      'x-content-type-options': 'nosniff',
    })
    stream.leave()
    socket.socket.terminate()
    await allGone()
  })

  it('can be had by GET by pages that the browser vouches for, and by clients with a header of their own', async () => {
    const ask = async (headers: Record<string, string>, sent: object = { query: '{ note { id } }' }) => {
      const stream = await openEvents(world.url, sent, { method: 'GET', headers })
      await stream.ended
      return stream
    }
    const given = [{ event: 'next', data: { data: { note: { id: 'n1' } } } }, complete]
    for (const headers of [
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'cross-site', origin: 'https://app.test' },
      { 'apollo-require-preflight': '1' },
    ]) {
      const { status, events } = await ask(headers)
      expect([status, events]).toEqual([200, given])
    }
    for (const headers of [
      {},
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' },
    ]) {
      expect((await ask(headers)).status).toBe(400)
    }
    const safe = { 'sec-fetch-site': 'same-origin' }
    const mutation = await ask(safe, { query: 'mutation { rename(id: "g", name: "x") { name } }' })
    expect(mutation.status).toBe(405)
    expect(world.state.renamed).not.toContain('g')
    expect((await ask(safe, { query: '{ note { id } }', access_token: 'x' })).status).toBe(400)
    const form = await openEvents(world.url, { query }, { headers: { 'content-type': 'text/plain' } })
    expect(form.status).toBe(400)
  })

  it('are not begun for a bad token', async () => {
    const stream = await openEvents(world.url, { query }, { token: 'nonsense' })
    await stream.ended
    expect([stream.status, JSON.parse(stream.text())]).toEqual([
      401,
      { errors: [refused('UNAUTHENTICATED')] },
    ])
    expect(world.router.liveStats().anonymous).toBe(0)
  })

  it('end with an error when the token ends or the session is revoked', async () => {
    const { sessionId } = world.identity.login('p1')
    const token = world.identity.token(sessionId, { lifetime: '2s' })
    const short = await openEvents(world.url, { query }, { token })
    const gone = world.identity.login('p2')
    const revoked = await openEvents(world.url, { query }, { token: gone.token })
    await until(() => world.state.openStreams === 2)
    world.identity.endSession(gone.sessionId)
    expect(await revoked.ended).toBe('ended')
    expect(revoked.events).toEqual([
      { event: 'next', data: { errors: [refused('UNAUTHENTICATED')] } },
      complete,
    ])
    expect(await short.ended).toBe('ended')
    expect(short.events).toEqual([
      { event: 'next', data: { errors: [refused('SUBSCRIPTION_JWT_EXPIRED')] } },
      complete,
    ])
    await allGone()
  })

  it('end with an error when rights are lost', async () => {
    const { token } = world.identity.login('p3', ['notes:burn'])
    const stream = await openEvents(world.url, { query }, { token })
    await until(() => world.state.openStreams === 1)
    world.identity.setPermissions('p3', [])
    expect(await stream.ended).toBe('ended')
    expect(stream.events).toEqual([{ event: 'next', data: { errors: [refused('FORBIDDEN')] } }, complete])
    await allGone()
  })

  it('are cut when they are not read, and others go on', async () => {
    const titles = { query: 'subscription { noteAdded { title } }' }
    const [slow, quick] = await Promise.all([openEvents(world.url, titles), openEvents(world.url, titles)])
    await until(() => world.router.liveStats().subscribers === 2)
    slow.response.pause()
    const title = 'x'.repeat(100_000)
    let sent = 0
    while (world.router.liveStats().eventStreams === 2) {
      sent += 1
      expect(sent).toBeLessThan(500)
      world.state.bus.emit('note', note({ title }))
      await untilEvents(quick, sent)
    }
    expect(world.state.openStreams).toBe(1)
    quick.leave()
    slow.leave()
    await allGone()
  })
})

describe('a router that has enough', () => {
  it('takes no more streams from one address, and ends those it has so that they come again', async () => {
    const world = await startWorld('in-process', { live: { anonymousPerAddress: 2, connectionsPerUser: 1 } })
    const streams = await Promise.all([openEvents(world.url, { query }), openEvents(world.url, { query })])
    expect(streams.map(({ status }) => status)).toEqual([200, 200])
    const third = await openEvents(world.url, { query })
    expect(third.status).toBe(429)
    streams[0]?.leave()
    await until(() => world.router.liveStats().anonymous === 1)
    const { token } = world.identity.login('p1')
    const own = await openEvents(world.url, { query }, { token })
    expect(own.status).toBe(200)
    expect((await openEvents(world.url, { query }, { token })).status).toBe(429)
    const closed = world.router.close()
    expect(await streams[1]?.ended).toBe('ended')
    expect([streams[1]?.events, own.events]).toEqual([[], []])
    await closed
    await world.close()
  })
})
