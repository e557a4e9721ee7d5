import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '@guildhall/kit/postgres/free-port'
import { type Clients, startClients } from '../live/commands.ts'
import { type MeasuredProcess, startMeasured } from '../measuring/measured-process.ts'

export const title =
  'what subscribers cost the router, over real sockets and with the subgraphs in another process'

const plain = 'subscription ($room: Int! = 0) { tick(room: $room) { at text } }'
const hydrated = 'subscription ($room: Int! = 0) { tick(room: $room) { at text author { name } } }'
const idle = Number(process.env.BENCH_IDLE ?? 5_000)
/** Among whom ten do not read. */
const readers = 1_000
const many = Number(process.env.BENCH_SUBSCRIBERS ?? 2_000)

/** Two subgraphs and the router in processes of their own, and clients in another. */
interface LiveBench {
  router: MeasuredProcess
  clients: Clients
  url: string
  emit(count: number, everyMs: number, size?: number): Promise<void>
  streams(): Promise<number>
}

export async function run(): Promise<void> {
  await withBench(async (bench) => {
    console.table({ [`${idle} idle subscribers`]: await measureIdle(bench) })
    console.table({
      'one stream for all': await measureLoad(bench, { query: plain, distinct: false }, 100, 40),
      'a stream for each': await measureLoad(bench, { query: plain, distinct: true }, 10, 200),
    })
    console.table({ [`ten of ${readers} do not read`]: await measurePaused(bench) })
    console.table({
      'one stream for all': await measureLatency(bench, { query: plain, distinct: false }, 30),
      'one stream for all, hydrated': await measureLatency(bench, { query: hydrated, distinct: false }, 30),
      'a stream for each': await measureLatency(bench, { query: plain, distinct: true }, 10),
      'a stream for each, hydrated': await measureLatency(bench, { query: hydrated, distinct: true }, 3),
    })
  })
}

async function withBench(work: (bench: LiveBench) => Promise<void>): Promise<void> {
  const port = await freePort()
  const subgraphsPort = 20_000 + Math.floor(Math.random() * 10_000) * 2
  const control = `http://127.0.0.1:${subgraphsPort}`
  const url = `http://127.0.0.1:${port}`
  const subgraphs = await startMeasured('bench/live/serve-subgraphs.ts', {}, `${control}/streams`, {
    arguments: [String(subgraphsPort)],
  })
  const clients = startClients()
  try {
    const router = await startMeasured('bench/live/router.ts', {}, `${url}/health/live`, {
      arguments: [String(port), String(subgraphsPort)],
    })
    try {
      await work({
        router,
        clients,
        url: `${url.replace('http', 'ws')}/graphql`,
        async emit(count, everyMs, size = 120) {
          await fetch(`${control}/emit`, { method: 'POST', body: JSON.stringify({ count, everyMs, size }) })
        },
        streams: async () =>
          ((await (await fetch(`${control}/streams`)).json()) as { streams: number }).streams,
      })
    } finally {
      await router.stop()
    }
  } finally {
    clients.stop()
    await subgraphs.stop()
  }
}

interface Audience {
  query: string
  /** Whether each subscriber has a stream of its own. */
  distinct: boolean
}

/** Opens subscribers, lets `work` go on with them, and closes them. */
async function withSubscribers<Result>(
  { clients, url, streams }: LiveBench,
  count: number,
  { query, distinct }: Audience,
  work: () => Promise<Result>,
): Promise<Result> {
  await clients.tell({ do: 'open', url, count, query, distinct })
  while ((await streams()) < (distinct ? count : 1)) await pause(20)
  // Subscribed at the subgraph for one is not yet subscribed at the router for all.
  await pause(500)
  await clients.tell({ do: 'forget' })
  try {
    return await work()
  } finally {
    await clients.tell({ do: 'close' })
    while ((await streams()) > 0) await pause(20)
  }
}

async function measureIdle(bench: LiveBench) {
  const shared = { query: plain, distinct: false }
  // What is loaded and compiled on the way is not the price of a connection.
  await withSubscribers(bench, 200, shared, async () => {})
  await pause(1_000)
  const before = await bench.router.usage()
  return withSubscribers(bench, idle, shared, async () => {
    await pause(3_000)
    const after = await bench.router.usage()
    return {
      'KiB per subscriber': round((after.rssBytes - before.rssBytes) / 1024 / idle),
      'RSS MB': Math.round(after.rssBytes / 1e6),
      'CPU ms to connect': round((after.cpuMicros - before.cpuMicros) / 1000 / idle),
      'streams at the subgraph': await bench.streams(),
    }
  })
}

/** Lets something happen so often, as fast as the clients can be expected to take it. */
async function measureLoad(bench: LiveBench, audience: Audience, events: number, everyMs: number) {
  return withSubscribers(bench, many, audience, async () => {
    const before = await bench.router.usage()
    const startedAt = performance.now()
    const done = bench.clients.tell({ do: 'receive', count: events * many })
    await bench.emit(events, everyMs)
    const { received, failed } = await done
    const seconds = (performance.now() - startedAt) / 1000
    const cpuSeconds = ((await bench.router.usage()).cpuMicros - before.cpuMicros) / 1e6
    return {
      subscribers: many,
      'deliveries/s per core': Math.round(received / cpuSeconds),
      'deliveries/s': Math.round(received / seconds),
      'lost or failed': events * many - received + failed,
      'streams at the subgraph': await bench.streams(),
    }
  })
}

/** What those who do not read make the router keep. */
async function measurePaused(bench: LiveBench) {
  const { clients, router, url } = bench
  // Greedy: more comes for them than the system itself keeps for a socket, without as much for all others.
  const [paused, greed, size, events] = [10, 40, 8_000, 75]
  const audience = { query: plain, distinct: false }
  return withSubscribers(bench, readers - paused, audience, async () => {
    await clients.tell({ do: 'open', url, count: paused, times: greed, ...audience })
    await pause(500)
    let [peak, lost] = [0, 0]
    /** One after the other, so that whoever reads keeps up. */
    const emit = async (times: number, subscriptions: number) => {
      for (let event = 0; event < times; event++) {
        await clients.tell({ do: 'forget' })
        await bench.emit(1, 0, size)
        const { received } = await clients.tell({ do: 'receive', count: subscriptions })
        lost += Math.max(0, subscriptions - received)
        peak = Math.max(peak, (await router.usage()).rssBytes)
      }
    }
    // What so many events leave for the garbage collector is not what the paused ones cost.
    await emit(20, readers - paused + paused * greed)
    const before = { ...(await router.kept()), ...(await router.usage()) }
    await clients.tell({ do: 'pause', count: paused })
    await emit(events, readers - paused)
    const after = await router.kept()
    const growth = after.heapBytes + after.externalBytes - before.heapBytes - before.externalBytes
    return {
      'RSS growth MB at most': round((peak - before.rssBytes) / 1e6),
      'kept afterwards MB': round(growth / 1e6),
      'sent to each paused, MB': round((size * greed * events) / 1e6),
      'lost to those who read': lost,
    }
  })
}

/** Lets something happen, and again when everybody has heard of it. */
async function measureLatency(bench: LiveBench, audience: Audience, events: number) {
  return withSubscribers(bench, many, audience, async () => {
    let report = await bench.clients.tell({ do: 'forget' })
    for (let event = 1; event <= events; event++) {
      await bench.emit(1, 0)
      report = await bench.clients.tell({ do: 'receive', count: event * many })
    }
    const { received, failed, p50, p99 } = report
    return {
      subscribers: many,
      'p50 ms': round(p50),
      'p99 ms': round(p99),
      'lost or failed': events * many - received + failed,
    }
  })
}

const round = (value: number): number => Number(value.toFixed(1))
