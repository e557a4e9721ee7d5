import { once } from 'node:events'
import { connect as connectSocket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { TransportConfig } from '@guildhall/kit/events/create-transport'
import type { Host } from '@guildhall/kit/host'
import { migrateAll } from '@guildhall/kit/migrate'
import { startPostgres } from '@guildhall/kit/postgres/start-postgres'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { migrationsFolder } from '../../scripts/helpers/table-files.ts'
import { aggregates, change, openEventHouse } from '../events/house.ts'
import type { SuiteOptions } from '../suite.ts'

export const title = 'how fast a backlog of events drains, and how soon an effect follows its command'

const backlog = Number(process.env.BENCH_EVENTS ?? 20_000)
const perSecond = 100
const seconds = Number(process.env.BENCH_EVENT_SECONDS ?? 20)
const natsUrl = process.env.BENCH_NATS_URL ?? 'nats://127.0.0.1:4222'
const stream = `bench_${process.pid}`

/** `npm run bench -- events nats` measures one of them. */
export async function run({ arguments: [only] }: SuiteOptions): Promise<void> {
  if (only !== 'nats') await measure('Postgres', { EVENT_TRANSPORT: 'postgres', NATS_STREAM: stream })
  if (only === 'postgres') return
  if (await answers(natsUrl)) {
    await measure('NATS JetStream', { EVENT_TRANSPORT: 'nats', NATS_URL: natsUrl, NATS_STREAM: stream })
    await removeStream()
  } else console.log(`No NATS server at ${natsUrl}: left out.`)
}

/** Relay, consumers and both reactions of each event in one process. */
async function measure(name: string, transport: TransportConfig): Promise<void> {
  const database = await startPostgres({ dataFolder: '', ephemeral: true })
  try {
    await migrateAll({ url: database.url, folder: migrationsFolder })
    const drained = []
    for (const objects of [1, 200, backlog])
      drained.push(await measureDrain(database.url, transport, objects))
    console.table(
      Object.fromEntries(
        drained.map((one) => [`${name}: ${backlog} events of ${one.objects} objects`, one.figures]),
      ),
    )
    const latency = await measureLatency(database.url, transport)
    console.table({ [`${name}: command → effect at ${perSecond} events/s`]: latency })
  } finally {
    await database.stop()
  }
}

/** As after a time in which nothing was relayed: commands have gone on, and everything waits in the outbox. */
async function measureDrain(databaseUrl: string, transport: TransportConfig, objects: number) {
  const writer = await openEventHouse(databaseUrl, transport, false)
  // Known to the publisher before anything is written, as in a deployment.
  const known = await openEventHouse(databaseUrl, transport, true)
  await known.close()
  const changed = aggregates(objects)
  const writingSince = performance.now()
  for (let written = 0; written < backlog; written += 200) {
    const turn = Array.from(
      { length: Math.min(200, backlog - written) },
      (_, no) => changed[(written + no) % objects],
    )
    await change(writer, turn as typeof changed)
  }
  const writeSeconds = (performance.now() - writingSince) / 1000
  await writer.close()
  const cpu = process.cpuUsage()
  const since = performance.now()
  const host = await openEventHouse(databaseUrl, transport, true)
  while (await waits(host)) await pause(20)
  const took = (performance.now() - since) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const wrong = await notLatest(host, changed)
  await host.close()
  return {
    objects,
    figures: {
      'events/s': Math.round(backlog / took),
      'handled/s': Math.round((2 * backlog) / took),
      'CPU ms per event': round((user + system) / 1000 / backlog),
      'written/s': Math.round(backlog / writeSeconds),
      'not at the latest': wrong,
    },
  }
}

/** Handled is taken when the effect's transaction writes the inbox, some milliseconds before its commit. */
async function measureLatency(databaseUrl: string, transport: TransportConfig) {
  const host = await openEventHouse(databaseUrl, transport, true)
  const changed = aggregates(50)
  await change(host, changed)
  while (await waits(host)) await pause(20)
  const [{ seq: from } = { seq: 0 }] = await host.database.sql<{ seq: number }[]>`
    select max(seq)::int as seq from events.outbox`
  const since = performance.now()
  for (let no = 0; no < perSecond * seconds; no++) {
    const wanted = since + (no * 1000) / perSecond - performance.now()
    if (wanted > 0) await pause(wanted)
    await change(host, changed.slice(no % 50, (no % 50) + 1))
  }
  const took = (performance.now() - since) / 1000
  while (await waits(host)) await pause(20)
  const [figures] = await host.database.sql<{ p50: number; p95: number; p99: number; effects: number }[]>`
    with handled as (
      select event_id, handled_at from participants.inbox union all select event_id, handled_at from projects.inbox)
    select count(*)::int as effects,
      percentile_cont(0.5) within group (order by extract(epoch from handled_at - occurred_at) * 1000) as p50,
      percentile_cont(0.95) within group (order by extract(epoch from handled_at - occurred_at) * 1000) as p95,
      percentile_cont(0.99) within group (order by extract(epoch from handled_at - occurred_at) * 1000) as p99
    from events.outbox join handled on event_id = id where seq > ${from}`
  await host.close()
  const { p50 = 0, p95 = 0, p99 = 0, effects = 0 } = figures ?? {}
  return {
    'p50 ms': round(p50),
    'p95 ms': round(p95),
    'p99 ms': round(p99),
    effects,
    'events/s': Math.round((perSecond * seconds) / took),
  }
}

/** The waiting of the broker shows in neither table: what was sent is counted on arrival. */
async function waits({ database: { sql } }: Host): Promise<boolean> {
  const [left] = await sql<{ waits: boolean }[]>`
    select exists (select from events.outbox where sent_at is null) or exists (select from bus.delivery)
      or exists (
        select from events.outbox o where o.seq = (select max(seq) from events.outbox)
          and (not exists (select from participants.inbox where event_id = o.id)
            or not exists (select from projects.inbox where event_id = o.id))) as waits`
  return left?.waits === true
}

/** Objects that a reaction has left behind the last version; the answer must be 0. */
async function notLatest(
  { database: { sql } }: Host,
  changed: ReturnType<typeof aggregates>,
): Promise<number> {
  const titles = changed.map(({ title }) => title)
  const wanted = new Map(changed.map(({ title, version }) => [title, version]))
  const rows = await sql<{ title: string; version: number }[]>`
    select title, terms_version as version from participants.event_seats where title = any(${titles})
    union all select title, terms_version from projects.event_terms where title = any(${titles})`
  return 2 * changed.length - rows.filter(({ title, version }) => wanted.get(title) === version).length
}

async function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  const socket = connectSocket(Number(port), hostname)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function removeStream(): Promise<void> {
  const connection = await connect({ servers: natsUrl })
  await (await jetstreamManager(connection)).streams.delete(stream)
  await connection.close()
}

const round = (value: number): number => Number(value.toFixed(1))
