import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { ExecutionResult } from 'graphql'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { composeSdl } from './support/compose-sdl.ts'
import { connect } from './support/raw-socket.ts'
import { startWorld, until, type World } from './support/world.ts'

let world: World
/** How many waves were asked for so far. */
let asked = 0
let open = 0
beforeAll(async () => {
  world = await startWorld('in-process', {
    // For everybody: who comes later joins the stream that runs.
    supergraphSdl: composeSdl({
      sea: 'type Query { tide: Int } type Subscription { waves: String @cacheControl(scope: PUBLIC) }',
    }),
    upstreams: {
      sea: {
        execute: async () => ({ data: { tide: 1 } }),
        subscribe: () => endlessWaves(),
        close: async () => {},
      },
    },
  })
})
afterAll(() => world.close())
afterEach(async () => {
  await until(() => open === 0)
})

/** Lets everything else have its turn. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}

/** A source that always has a next one for whoever asks. */
function endlessWaves(): AsyncIterableIterator<ExecutionResult> {
  const wave = 'x'.repeat(100_000)
  open += 1
  asked = 0
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      // No faster than somebody who does read can.
      await turns(4)
      asked += 1
      return { done: false, value: { data: { waves: wave } } }
    },
    async return() {
      open -= 1
      return { done: true, value: undefined }
    },
  }
}

/** Until nothing more is asked for, whatever else has its turn. */
async function untilStill(): Promise<number> {
  let before = -1
  while (asked !== before) {
    before = asked
    await turns(100)
  }
  return asked
}

interface Reader {
  pause(): void
  resume(): void
  leave(): void
}

const query = 'subscription { waves }'
const readers: Record<string, () => Promise<Reader>> = {
  'of a socket': async () => {
    const { socket, subscribe } = await connect(world)
    subscribe(query)
    return {
      pause: () => socket.pause(),
      resume: () => socket.resume(),
      leave: () => socket.terminate(),
    }
  },
  'of an event stream': async () => {
    const address = `${world.url}/graphql?${new URLSearchParams({ query })}`
    const headers = { accept: 'text/event-stream', 'apollo-require-preflight': '1' }
    const asking = get(address, { headers })
    const [response]: IncomingMessage[] = await once(asking, 'response')
    response?.on('error', () => {}).resume()
    return {
      pause: () => response?.pause(),
      resume: () => response?.resume(),
      leave: () => asking.destroy(),
    }
  },
}

describe.each(Object.entries(readers))('a stream for the only reader %s', (_, arrive) => {
  it('is read no faster than the reader reads', async () => {
    const reader = await arrive()
    await until(() => asked > 3)
    reader.pause()
    const still = await untilStill()
    expect(open).toBe(1)
    expect(world.router.liveStats()).toMatchObject({ subscribers: 1, closed: {} })
    reader.resume()
    await until(() => asked > still + 10)
    reader.leave()
  })

  it('waits for nobody any more when there are two', async () => {
    const slow = await arrive()
    await until(() => asked > 3)
    slow.pause()
    const still = await untilStill()
    const quick = await arrive()
    await until(() => asked > still + 10)
    // What the slow one does not read is too much sooner or later.
    await until(() => world.router.liveStats().subscribers === 1)
    expect(open).toBe(1)
    quick.leave()
    slow.leave()
  })
})
