import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { openSocket } from './support/raw-socket.ts'
import { note } from './support/toy-subgraphs.ts'
import { closeCode, startWorld, until, type World } from './support/world.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const crowd = 1_000
const paused = 10
/** So often do those who will not read subscribe: what the system keeps for a socket is soon full. */
const greed = 40
/** A megabyte may wait for each who does not read; as much again is under way, also in their own half of this process. */
const waitingBytes = 48 * 1024 * 1024
/** Of those who are cut nothing stays. */
const leftOverBytes = 8 * 1024 * 1024

let world: World
beforeAll(async () => {
  const most = 2 * crowd
  world = await startWorld('in-process', {
    production: true,
    live: { anonymous: most, anonymousPerAddress: most, connectionsPerAddress: most },
  })
})
afterAll(() => world.close())

const heldBytes = (): number => {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

interface Reader {
  socket: WebSocket
  closed: Promise<number>
  /** The titles of what came, in order, each as often as it was subscribed to. */
  titles: string[]
}

async function arrive(subscriptions: number): Promise<Reader> {
  const socket = openSocket(world)
  const titles: string[] = []
  const closed = closeCode(socket)
  await once(socket, 'open')
  socket.send('{"type":"connection_init"}')
  await once(socket, 'message')
  socket.on('message', (data) => titles.push(/"title":"(\d+)/.exec(String(data))?.[1] ?? String(data)))
  const payload = { query: 'subscription { noteAdded { title } }' }
  for (let id = 0; id < subscriptions; id++) {
    socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload }))
  }
  return { socket, closed, titles }
}

it(`of ${crowd} subscribers, the ${paused} who do not read are cut, and the others miss nothing`, async () => {
  const slow = await Promise.all(Array.from({ length: paused }, () => arrive(greed)))
  const quick: Reader[] = []
  while (quick.length < crowd - paused) {
    const more = Math.min(90, crowd - paused - quick.length)
    quick.push(...(await Promise.all(Array.from({ length: more }, () => arrive(1)))))
  }
  const everybody = crowd - paused + paused * greed
  await until(() => world.router.liveStats().subscribers === everybody, 30_000)
  expect(world.state.openStreams).toBe(1)
  for (const { socket } of slow) socket.pause()

  const padding = 'x'.repeat(8_000)
  const sent: string[] = []
  const before = heldBytes()
  let most = before
  while (world.router.liveStats().sockets > crowd - paused) {
    // What the system keeps for a socket (up to 37 MB where tcp_rmem allows it) is full after thirty to 120; they would also
    // be cut for pings without an answer, later.
    expect(sent.length).toBeLessThan(200)
    const number = String(sent.length)
    sent.push(number)
    world.state.bus.emit('note', note({ title: `${number} ${padding}` }))
    await until(() => quick.every(({ titles }) => titles.length === sent.length), 30_000)
    most = Math.max(most, heldBytes())
  }
  expect(most - before).toBeLessThan(waitingBytes)
  await until(() => heldBytes() - before < leftOverBytes, 15_000)
  expect(world.router.liveStats()).toMatchObject({ subscribers: crowd - paused, streams: 1 })
  expect(new Set(quick.map(({ titles }) => titles.join()))).toEqual(new Set([sent.join()]))

  for (const { socket } of slow) socket.resume()
  const codes = await Promise.all(slow.map((reader) => reader.closed))
  for (const code of codes) expect([1013, 1006]).toContain(code)
  for (const { socket } of quick) socket.terminate()
  await until(() => world.state.openStreams === 0)
}, 120_000)
