import { setTimeout as pause } from 'node:timers/promises'
import { idOf } from '@guildhall/kit/ids'
import { createClient } from 'graphql-ws'
import postgres from 'postgres'
import { WebSocket } from 'ws'
import type { Client } from '../../tests/support/client.ts'
import { newPerson, organizerWithEvent } from '../../tests/support/people.ts'
import type { BenchHouse } from '../house/open-bench-house.ts'
import type { SuiteOptions } from '../suite.ts'

export const title = 'from the commit of a command to open notification streams, at 100 events a second'

/** A registration publishes two: that it was made, and that it has a seat. */
const eventsPerCommand = 2
/** Commands. */
const perSecond = Number(process.env.BENCH_EVENTS_PER_SECOND ?? 100) / eventsPerCommand
const people = 20
const idleStreams = 1_000

const streams: Readonly<Record<string, string>> = {
  'notification alone': 'subscription { notificationStream { kind notification { registration { id } } } }',
  'with fields of two more domains':
    'subscription { notificationStream { kind notification { registration { id status event { title } } } } }',
}

interface Item {
  notificationStream: { kind: string; notification: { registration: { id: string } | null } | null }
}

/** Registers people for events at a steady pace; each hears of it on a stream of their own. */
export async function run({ pace, house: openHouse }: SuiteOptions): Promise<void> {
  const house = await openHouse()
  const events = Math.ceil((perSecond * pace.seconds) / people)
  const subscribers: Client[] = []
  for (let n = 0; n < people; n++) subscribers.push(await newPerson(house.url, `Subscriber ${n}`))
  for (const [name, query] of Object.entries(streams)) {
    console.table({ [name]: await measureLatency(house, subscribers, query, events) })
  }
  console.table({ [`${idleStreams} idle streams`]: await measureIdle(house, subscribers) })
}

async function measureLatency(house: BenchHouse, subscribers: Client[], query: string, count: number) {
  const eventIds = await publishedEvents(house.url, count)
  const arrivals = new Map<string, number>()
  const sockets = await Promise.all(
    subscribers.map((person) =>
      subscribe(house.url, person, query, ({ notificationStream: { kind, notification } }) => {
        const id = notification?.registration?.id
        if (kind === 'NEW' && id) arrivals.set(id, Date.now())
      }),
    ),
  )
  const registered = new Set<string>()
  let refused = 0
  await steadily(
    eventIds.flatMap((eventId) => subscribers.map((person) => ({ person, eventId }))),
    async ({ person, eventId }) => {
      await person
        .mutate<{ registration: { id: string } }>('registerForEvent', { eventId }, 'registration { id }')
        .then(
          ({ registration }) => registered.add(registration.id),
          // More than the machine can do at this pace.
          () => refused++,
        )
    },
  )
  for (let waited = 0; arrivals.size < registered.size && waited < 100; waited++) await pause(100)
  for (const socket of sockets) await socket.dispose()
  return {
    ...report(await stagesOf(house.databaseUrl, registered, arrivals)),
    'refused or timed out': refused,
    lost: [...registered].filter((id) => !arrivals.has(id)).length,
  }
}

/** Begins one after the other at the pace that was asked for, however long each takes. */
async function steadily<Task>(tasks: readonly Task[], work: (task: Task) => Promise<void>): Promise<void> {
  const startedAt = performance.now()
  const running: Promise<void>[] = []
  for (const [index, task] of tasks.entries()) {
    await pause(Math.max(0, startedAt + (index * 1000) / perSecond - performance.now()))
    running.push(work(task))
  }
  await Promise.all(running)
}

/** Milliseconds from the moment before the commit. */
interface Stages {
  relayed: number
  written: number
  arrived: number
}

async function stagesOf(
  databaseUrl: string,
  registered: ReadonlySet<string>,
  arrivals: ReadonlyMap<string, number>,
): Promise<Stages[]> {
  const sql = postgres(databaseUrl, { max: 1 })
  const rows = await sql<{ id: string; emitted: Date; relayed: Date; written: Date }[]>`
    select n.registration_id as id, o.occurred_at as emitted, o.sent_at as relayed, n.created_at as written
    from participants.outbox o join notifications.notification n on n.cause = o.id::text`
  await sql.end()
  return rows.flatMap(({ id, emitted, relayed, written }) => {
    const registrationId = id === null ? '' : idOf('reg', id)
    const arrived = arrivals.get(registrationId)
    if (arrived === undefined || !registered.has(registrationId)) return []
    const since = (at: Date | number) => Number(at) - emitted.getTime()
    return [{ relayed: since(relayed), written: since(written), arrived: since(arrived) }]
  })
}

function report(stages: readonly Stages[]) {
  const at = (share: number, of: (stage: Stages) => number) =>
    Math.round(stages.map(of).sort((a, b) => a - b)[Math.floor(stages.length * share)] ?? Number.NaN)
  return {
    commands: stages.length,
    'relayed p50 ms': at(0.5, (stage) => stage.relayed),
    'written p50 ms': at(0.5, (stage) => stage.written),
    'at the client p50 ms': at(0.5, (stage) => stage.arrived),
    'p95 ms': at(0.95, (stage) => stage.arrived),
    'p99 ms': at(0.99, (stage) => stage.arrived),
  }
}

/** What streams cost while nothing happens. */
async function measureIdle(house: BenchHouse, subscribers: Client[]) {
  const query = streams['notification alone'] ?? ''
  const before = await usage(house, 5)
  const sockets = await Promise.all(
    subscribers.map((person) => subscribe(house.url, person, query, () => {}, idleStreams / people)),
  )
  await pause(3_000)
  const during = await usage(house, 15)
  for (const socket of sockets) await socket.dispose()
  return {
    'domains CPU ms/s': round(during.subgraphs),
    'without streams': round(before.subgraphs),
    'router CPU ms/s': round(during.router),
    'router without streams': round(before.router),
  }
}

async function usage({ subgraphs, router }: BenchHouse, seconds: number) {
  const before = [await subgraphs.usage(), await router.usage()]
  await pause(seconds * 1000)
  const after = [await subgraphs.usage(), await router.usage()]
  const [domains = 0, routing = 0] = after.map(
    ({ cpuMicros }, index) => (cpuMicros - (before[index]?.cpuMicros ?? 0)) / 1000 / seconds,
  )
  return { subgraphs: domains, router: routing }
}

/** Opens streams on one socket. @returns once each is live. */
async function subscribe(
  url: string,
  person: Client,
  query: string,
  onItem: (item: Item) => void,
  count = 1,
) {
  const socket = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${person.accessToken}` },
  })
  const opening = Array.from(
    { length: count },
    () =>
      new Promise<void>((resolve, reject) => {
        socket.subscribe<Item>(
          { query },
          {
            next: ({ data, errors }) => {
              if (errors) reject(new Error(JSON.stringify(errors)))
              if (!data) return
              onItem(data)
              resolve()
            },
            error: reject,
            complete: () => {},
          },
        )
      }),
  )
  await Promise.all(opening)
  return socket
}

/** So many events that everybody may register for. */
async function publishedEvents(url: string, count: number): Promise<string[]> {
  const { organizer, organizationId, eventId } = await organizerWithEvent(url)
  const ids = [eventId]
  while (ids.length < count) {
    const { event } = await organizer.mutate<{ event: { id: string } }>(
      'createEvent',
      {
        organizationId,
        title: `Hack ${ids.length}`,
        kind: 'HACKATHON',
        timezone: 'Europe/Zurich',
        startsAt: new Date(Date.now() - 3_600_000).toISOString(),
        endsAt: new Date(Date.now() + 86_400_000).toISOString(),
      },
      'event { id }',
    )
    await organizer.mutate('transitionEvent', { id: event.id, to: 'PUBLISHED' }, 'event { id }')
    ids.push(event.id)
  }
  return ids
}

const round = (value: number): number => Number(value.toFixed(1))
