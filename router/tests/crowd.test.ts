import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { openSocket } from './support/raw-socket.ts'
import { startWorld, until, type World } from './support/world.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const crowd = 2_000
/** Less than a tenth of what so many sockets and their clients take while they are open. */
const leftOverBytes = 8 * 1024 * 1024

let world: World
beforeAll(async () => {
  world = await startWorld('in-process', {
    live: { anonymous: crowd, anonymousPerAddress: crowd, connectionsPerAddress: crowd },
  })
})
afterAll(() => world.close())

async function arrive(): Promise<WebSocket> {
  const socket = openSocket(world)
  await once(socket, 'open')
  socket.send('{"type":"connection_init"}')
  await once(socket, 'message')
  const payload = { query: 'subscription { noteAdded { id } }' }
  socket.send(JSON.stringify({ id: crypto.randomUUID(), type: 'subscribe', payload }))
  return socket
}

async function fillAndEmpty(size: number): Promise<void> {
  const sockets: WebSocket[] = []
  while (sockets.length < size) {
    sockets.push(...(await Promise.all(Array.from({ length: Math.min(100, size - sockets.length) }, arrive))))
  }
  await until(() => world.router.liveStats().subscribers === size, 30_000)
  expect(world.router.liveStats()).toMatchObject({ sockets: size, anonymous: size, streams: 1, addresses: 1 })
  expect(world.state.openStreams).toBe(1)
  for (const socket of sockets) socket.terminate()
  await until(() => world.router.liveStats().sockets === 0, 30_000)
}

const heldBytes = (): number => {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

it(`${crowd} subscribers who leave at once leave nothing behind`, async () => {
  // What is made once, whoever comes, is made now.
  await fillAndEmpty(100)
  const before = heldBytes()
  await fillAndEmpty(crowd)
  expect(world.router.liveStats()).toMatchObject({
    sockets: 0,
    streams: 0,
    subscribers: 0,
    anonymous: 0,
    users: 0,
    addresses: 0,
  })
  await until(() => world.state.openStreams === 0)
  await until(() => heldBytes() - before < leftOverBytes, 15_000)
}, 120_000)
