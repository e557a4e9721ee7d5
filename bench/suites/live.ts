import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '@guildhall/kit/postgres/free-port'
import { type Clients, startClients } from '../live/commands.ts'
import { type MeasuredProcess, startMeasured } from '../measuring/measured-process.ts'

export const title =
  'what subscribers cost the router, over real sockets and with the subgraphs in another process'

const plain = 'subscription ($room: Int! = 0) { tick(room: $room) { at text } }'
const hydrated = 'subscription ($room: Int! = 0) { tick(room: $room) { at text author { name } } }'
const idle = Number(process.env.BENCH_IDLE ?? 5_000)
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
    console.table({ 'ten of 100 do not read': await measurePaused(bench) })
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
  // More than what the system itself keeps for a socket.
  const [size, events] = [100_000, 150]
  return withSubscribers(bench, 100, { query: plain, distinct: false }, async () => {
    // What so many events leave for the garbage collector is not what the paused ones cost.
    await bench.emit(events, 20, size)
    await bench.clients.tell({ do: 'receive', count: events * 100 })
    const before = await bench.router.usage()
    await bench.clients.tell({ do: 'pause', count: 10 })
    await bench.emit(events, 20, size)
    const after = await bench.router.usage()
    return {
      'RSS growth MB': round((after.rssBytes - before.rssBytes) / 1e6),
      'sent to each, MB': round((size * events) / 1e6),
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
