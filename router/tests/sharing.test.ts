import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect, type RawSocket } from './support/raw-socket.ts'
import { note } from './support/toy-subgraphs.ts'
import { startWorld, type Transport, until, untilHeard, type World } from './support/world.ts'

const hydrated = 'subscription { noteAdded { id reader { name } } }'

describe.each<Transport>(['in-process', 'http'])('equal subscriptions, %s', (transport) => {
  let world: World
  beforeAll(async () => {
    world = await startWorld(transport)
    await untilHeard(world)
  })
  afterAll(() => world.close())

  const emit = (id: string) => world.state.bus.emit('note', note({ id }))
  const idsOf = (socket: RawSocket, id = 'a') =>
    socket.results(id).map((result) => (result as { data: { noteAdded: { id: string } } }).data.noteAdded.id)
  const subscribed = (subscribers: number) =>
    until(() => world.router.liveStats().subscribers === subscribers && world.state.openStreams > 0)
  const leave = async (...sockets: RawSocket[]) => {
    for (const { socket } of sockets) socket.terminate()
    await until(() => world.state.openStreams === 0 && world.router.liveStats().sockets === 0)
    expect(world.router.liveStats()).toMatchObject({ streams: 0, subscribers: 0, anonymous: 0, users: 0 })
  }

  it('of nobody in particular are one stream, one execution and one text, under ids of their own', async () => {
    const sockets = await Promise.all([connect(world), connect(world), connect(world)])
    for (const [index, socket] of sockets.entries()) socket.subscribe(hydrated, `"${index}`)
    await subscribed(3)
    expect(world.state.openStreams).toBe(1)
    world.state.fetches.people.length = 0
    emit('shared')
    await until(() => sockets.every((socket, index) => socket.results(`"${index}`).length === 1))
    for (const [index, { messages }] of sockets.entries()) {
      expect(messages[1]).toEqual({
        id: `"${index}`,
        type: 'next',
        payload: { data: { noteAdded: { id: 'shared', reader: { name: 'Person p2' } } } },
      })
    }
    expect(world.state.fetches.people).toHaveLength(1)
    await leave(...sockets)
  })

  it('go on when one leaves, and end with the last', async () => {
    const [first, second] = await Promise.all([connect(world), connect(world)])
    first.subscribe(hydrated)
    second.subscribe(hydrated)
    await subscribed(2)
    first.socket.send(JSON.stringify({ id: 'a', type: 'complete' }))
    await subscribed(1)
    emit('rest')
    await until(() => second.results().length === 1)
    expect([idsOf(first), idsOf(second)]).toEqual([[], ['rest']])
    second.socket.send(JSON.stringify({ id: 'a', type: 'complete' }))
    await until(() => world.state.openStreams === 0)
    await leave(first, second)
  })

  it('are not joined any more once something has come, which may have said how things stand', async () => {
    const [first, second] = await Promise.all([connect(world), connect(world)])
    first.subscribe(hydrated)
    await subscribed(1)
    emit('early')
    await until(() => idsOf(first).length === 1)
    second.subscribe(hydrated)
    await until(() => world.state.openStreams === 2 && world.router.liveStats().streams === 2)
    emit('late')
    await until(() => idsOf(first).length === 2 && idsOf(second).length === 1)
    expect([idsOf(first), idsOf(second)]).toEqual([['early', 'late'], ['late']])
    // The one that runs is not taken for the newer one when it ends.
    first.socket.send(JSON.stringify({ id: 'a', type: 'complete' }))
    await until(() => world.state.openStreams === 1)
    await leave(first, second)
  })

  it('are told apart by document, operation name and variables', async () => {
    const socket = await connect(world)
    const two = 'subscription A { noteAdded { id } } subscription B { noteAdded { id } }'
    const send = (id: string, payload: object) =>
      socket.socket.send(JSON.stringify({ id, type: 'subscribe', payload }))
    send('a', { query: two, operationName: 'A' })
    send('b', { query: two, operationName: 'B' })
    const query = 'subscription ($min: Int) { noteAdded(min: $min) { id } }'
    send('c', { query, variables: { min: 1 } })
    send('d', { query, variables: { min: 6 } })
    send('e', { query, variables: { min: 6, unused: 1 } })
    await subscribed(5)
    await until(() => world.state.openStreams === 4)
    emit('five')
    await until(() => ['a', 'b', 'c'].every((id) => socket.results(id).length === 1))
    expect([idsOf(socket, 'd'), idsOf(socket, 'e')]).toEqual([[], []])
    await leave(socket)
  })

  it('of one session are one stream; those of two persons, or of two sessions of one, never', async () => {
    const [ada, bob] = [world.identity.login('ada'), world.identity.login('bob')]
    const query = 'subscription { noteAdded { id reader { email } } }'
    const sockets = await Promise.all([
      connect(world, ada.token),
      connect(world, ada.token),
      connect(world, bob.token),
      connect(world, world.identity.login('ada').token),
      connect(world),
    ])
    for (const socket of sockets) socket.subscribe(query)
    await subscribed(5)
    await until(() => world.state.openStreams === 4)
    emit('own')
    await until(() => sockets.every((socket) => socket.results().length === 1))
    const emails = sockets.map(
      (socket) => (socket.results()[0] as { data: { noteAdded: { reader: object | null } } }).data.noteAdded,
    )
    const seen = { id: 'own', reader: { email: 'p2@x.org' } }
    expect(emails).toEqual([seen, seen, seen, seen, { id: 'own', reader: null }])
    await leave(...sockets)
  })

  it('to what is the same for all are one stream for all, opened and run as nobody', async () => {
    const [ada, bob] = [world.identity.login('ada', ['admin']), world.identity.login('bob')]
    const sockets = await Promise.all([connect(world, ada.token), connect(world, bob.token), connect(world)])
    for (const socket of sockets) socket.subscribe('subscription { headline { text } }')
    await subscribed(3)
    expect(world.state.openStreams).toBe(1)
    expect(world.state.callers.at(-1)).toEqual({ kind: 'anonymous' })
    world.state.bus.emit('headline', { text: 'news' })
    await until(() => sockets.every((socket) => socket.results().length === 1))
    for (const socket of sockets) expect(socket.results()).toEqual([{ data: { headline: { text: 'news' } } }])

    // What somebody has to be allowed to see makes it theirs again.
    for (const socket of sockets) socket.subscribe('subscription { headline { text secret } }', 'b')
    await until(() => world.state.openStreams === 4)
    world.state.bus.emit('headline', { text: 'more', secret: 's' })
    await until(() => sockets.every((socket) => socket.results('b').length === 1))
    const seen = (secret: string | null) => ({ data: { headline: { text: 'more', secret } } })
    expect(sockets.map((socket) => socket.results('b')[0])).toMatchObject([seen('s'), seen(null), seen(null)])
    await leave(...sockets)
  })

  it('that can be resumed begin each with where their subscriber stands, and are never shared', async () => {
    const [first, second] = await Promise.all([connect(world), connect(world)])
    const query = 'subscription ($after: ID) { noteFeed(after: $after) { id } }'
    first.subscribe(query, 'a', { after: 'x' })
    first.subscribe(query, 'n')
    await until(() => first.results('a').length === 1 && first.results('n').length === 1)
    second.subscribe(query, 'a', { after: 'x' })
    second.subscribe(query, 'n')
    await until(() => second.results('a').length === 1 && second.results('n').length === 1)
    expect(world.state.openStreams).toBe(4)
    expect([second.results('a'), second.results('n')]).toEqual([
      [{ data: { noteFeed: { id: 'after x' } } }],
      [{ data: { noteFeed: { id: 'after now' } } }],
    ])
    await leave(first, second)
  })

  it('that are refused by the subgraph are each told so, and may try again', async () => {
    const [first, second] = await Promise.all([connect(world), connect(world)])
    for (const socket of [first, second, first]) {
      socket.messages.length = 0
      socket.subscribe('subscription { refused { id } }')
      await until(() => socket.messages.length === 1)
      expect(socket.messages).toMatchObject([
        { type: 'error', payload: [{ extensions: { code: 'FORBIDDEN' } }] },
      ])
    }
    first.socket.terminate()
    second.socket.terminate()
  })

  it('lose only the one that does not read', async () => {
    const [slow, quick] = await Promise.all([connect(world), connect(world)])
    slow.subscribe('subscription { noteAdded { title } }')
    quick.subscribe('subscription { noteAdded { title } }')
    await subscribed(2)
    slow.socket.pause()
    const title = 'x'.repeat(100_000)
    let sent = 0
    while (world.router.liveStats().subscribers === 2) {
      sent += 1
      expect(sent).toBeLessThan(500)
      world.state.bus.emit('note', note({ title }))
      await until(() => quick.results().length === sent)
    }
    expect(world.router.liveStats()).toMatchObject({ subscribers: 1, streams: 1 })
    world.state.bus.emit('note', note({ title: 'after' }))
    await until(() => quick.results().length === sent + 1)
    slow.socket.resume()
    expect([1013, 1006]).toContain(await slow.closed)
    await leave(quick, slow)
  })
})
