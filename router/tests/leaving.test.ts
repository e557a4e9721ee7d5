import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { composeSdl } from './support/compose-sdl.ts'
import { openEvents, type WireStream } from './support/event-stream.ts'
import { connect } from './support/raw-socket.ts'
import { startWorld, until, type World } from './support/world.ts'

/** A request that reached the subgraph, which answers when the test says so. */
interface Asked {
  query: string
  signal: AbortSignal | undefined
  answer(data: Record<string, number>): void
}

let world: World
const asked: Asked[] = []
beforeAll(async () => {
  const sdl = 'type Query { stone: Int } type Mutation { throwStone: Int }'
  world = await startWorld('in-process', {
    live: { subscriptionsPerSocket: 2 },
    supergraphSdl: composeSdl({ stones: sdl }),
    upstreams: {
      stones: {
        execute: ({ query, signal }) =>
          new Promise((resolve) => {
            asked.push({ query, signal, answer: (data) => resolve({ data }) })
          }),
        subscribe: () => {
          throw new Error('there are no streams of stones')
        },
        close: async () => {},
      },
    },
  })
})
afterAll(() => world.close())
afterEach(() => {
  for (const { answer } of asked.splice(0)) answer({ stone: 0, throwStone: 0 })
  world.logged.length = 0
})

const query = '{ stone }'
const mutation = 'mutation { throwStone }'
const untilAsked = async (times: number): Promise<Asked[]> => {
  await until(() => asked.length === times)
  return asked
}
const outcomes = (kind: string) => world.logged.flatMap((line) => (line.kind === kind ? [line.outcome] : []))

/** Sends operations, each as soon as the one before has reached the subgraph; gives what makes the client go away. */
type Transport = (operations: readonly string[]) => Promise<() => void>

const overHttp: Transport = async (operations) => {
  const gone = new AbortController()
  for (const [index, sent] of operations.entries()) {
    fetch(`${world.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: sent }),
      signal: gone.signal,
    }).catch(() => 'left')
    await untilAsked(index + 1)
  }
  return () => gone.abort()
}
const asEvents: Transport = async (operations) => {
  const streams: WireStream[] = []
  for (const [index, sent] of operations.entries()) {
    streams.push(await openEvents(world.url, { query: sent }))
    await untilAsked(index + 1)
  }
  return () => {
    for (const stream of streams) stream.leave()
  }
}
const overSocket = async (operations: readonly string[]) => {
  const raw = await connect(world)
  for (const [index, sent] of operations.entries()) {
    raw.subscribe(sent, `id${index}`)
    await untilAsked(index + 1)
  }
  const complete = (id: string) => raw.socket.send(JSON.stringify({ id, type: 'complete' }))
  return { ...raw, complete }
}
const transports: Record<string, Transport> = {
  'over HTTP': overHttp,
  'as server-sent events': asEvents,
  'whose socket is lost': async (operations) => {
    const { socket } = await overSocket(operations)
    return () => socket.terminate()
  },
  'that completes over its socket': async (operations) => {
    const { complete } = await overSocket(operations)
    return () => {
      for (const index of operations.keys()) complete(`id${index}`)
    }
  },
}

describe.each(Object.entries(transports))('a client %s', (_, send) => {
  it('ends what its query waits for when it goes away, and not what its mutation does', async () => {
    const leave = await send([mutation, query])
    const [thrown, sought] = await untilAsked(2)
    leave()
    await until(() => sought?.signal?.aborted === true)
    expect(sought?.signal?.reason).toMatchObject({ message: 'The client is gone.' })
    await until(() => outcomes('query').length === 1)
    expect(outcomes('query')).toEqual(['partial'])

    // It left before the query did: it has been noticed.
    expect(thrown?.signal?.aborted).toBe(false)
    expect(outcomes('mutation')).toEqual([])
    thrown?.answer({ throwStone: 1 })
    await until(() => outcomes('mutation').length === 1)
    expect(outcomes('mutation')).toEqual(['ok'])
  })
})

describe('an operation that was completed over its socket', () => {
  it('is answered no more, and leaves its id to the next', async () => {
    const { complete, subscribe, results, messages } = await overSocket([query])
    const [first] = asked
    complete('id0')
    await until(() => outcomes('query').length === 1)
    subscribe(query, 'id0')
    const [, second] = await untilAsked(2)
    first?.answer({ stone: 1 })
    second?.answer({ stone: 2 })
    await until(() => messages.some(({ type }) => type === 'complete'))
    expect(results('id0')).toEqual([{ data: { stone: 2 } }])
  })

  it('keeps its place among those of the socket while it runs', async () => {
    const { complete, subscribe, results, messages } = await overSocket([mutation, mutation])
    complete('id0')
    subscribe(query, 'more')
    await until(() => messages.some(({ id }) => id === 'more'))
    expect(messages.at(-1)).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'SUBSCRIPTION_MAX_LIMIT' } }],
    })
    asked[0]?.answer({ throwStone: 1 })
    await until(() => outcomes('mutation').length === 1)
    subscribe(query, 'again')
    const [, , sought] = await untilAsked(3)
    sought?.answer({ stone: 1 })
    await until(() => results('again').length === 1)
  })
})
