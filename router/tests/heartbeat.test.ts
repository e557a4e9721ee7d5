import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEvents, untilEvents } from './support/event-stream.ts'
import { connect } from './support/raw-socket.ts'
import { note } from './support/toy-subgraphs.ts'
import { startWorld, until, type World } from './support/world.ts'

const query = 'subscription { noteAdded { id } }'

describe('a heartbeat', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld('in-process', { live: { heartbeatMs: 120 } })
  })
  afterAll(() => world.close())

  it('cuts sockets that do not answer it, with their streams, and keeps those that do', async () => {
    const answering = await connect(world)
    let pings = 0
    answering.socket.on('ping', () => {
      pings += 1
    })
    const mute = await connect(world, undefined, { autoPong: false })
    mute.subscribe(query)
    await until(() => world.state.openStreams === 1)
    expect(await mute.closed).toBe(1006)
    await until(() => world.state.openStreams === 0)
    await until(() => pings >= 4)
    expect(answering.socket.readyState).toBe(answering.socket.OPEN)
    expect(world.router.liveStats()).toMatchObject({ sockets: 1, closed: { 1006: 1 } })
  })

  it('is a comment for event streams, between which events come as ever', async () => {
    const stream = await openEvents(world.url, { query })
    await until(() => stream.text().startsWith(':\n\n:\n\n'))
    world.state.bus.emit('note', note({ id: 'e1' }))
    await untilEvents(stream, 1)
    const text = stream.text()
    await until(() => stream.text().length > text.length)
    expect(stream.text().slice(text.length)).toMatch(/^(:\n\n)+$/)
    expect(stream.events).toEqual([{ event: 'next', data: { data: { noteAdded: { id: 'e1' } } } }])
    stream.leave()
  })
})
