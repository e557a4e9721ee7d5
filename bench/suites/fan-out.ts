import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import type { Client } from '../../tests/support/client.ts'
import { newPerson, organizerWithEvent } from '../../tests/support/people.ts'
import type { BenchHouse } from '../house/open-bench-house.ts'
import { type Clients, type ClientsReport, startClients } from '../live/commands.ts'
import type { SuiteOptions } from '../suite.ts'

export const title = 'from the commit of a command to everybody who watches the seats of a public event'

const subscribers = Number(process.env.BENCH_SUBSCRIBERS ?? 2_000)
/** Registrations, one after the other. */
const commands = Number(process.env.BENCH_COMMANDS ?? 30)
/** Processes; of one alone the last client would wait for all others to be read. */
const crowds = 2
/** Seats are read at most five times a second; who comes sooner waits for the next time. */
const betweenMs = 400

/** Of three domains: participants, events, organizations. */
const query = `subscription ($eventId: ID!) {
  seatAvailability(eventId: $eventId) { held state event { title organization { name } } }
}`

/** Registers people for one event; all who watch hear of each. */
export async function run({ house: openHouse }: SuiteOptions): Promise<void> {
  const house = await openHouse()
  const most = String(subscribers * 2)
  // Of the house's own router strangers may not ask as much.
  const router = await house.start(
    'scripts/serve.ts',
    {
      ROUTER: '1',
      RATE_PER_ADDRESS: '0',
      LIVE_ANONYMOUS: most,
      LIVE_ANONYMOUS_PER_ADDRESS: most,
      LIVE_CONNECTIONS_PER_ADDRESS: most,
    },
    '/health/ready',
  )
  const { eventId } = await organizerWithEvent(house.url)
  const people: Client[] = []
  for (let n = 0; n <= commands; n++) people.push(await newPerson(house.url, `Guest ${n}`))
  const clients = Array.from({ length: crowds }, startClients)
  try {
    for (const crowd of clients) await crowd.tell(openCommand(router.url, eventId))
    const register = async (index: number) => {
      const { registration } = await (people[index] as Client).mutate<{
        registration: { id: string }
      }>('registerForEvent', { eventId }, 'registration { id }')
      return registration.id
    }
    // Whoever has heard of the first is there, and everything is loaded and compiled.
    const all = tellAll(clients, { do: 'receive', count: subscribers / crowds })
    await register(0)
    await all
    await pause(1_000)

    const before = await router.process.usage()
    const heard: { id: string; reports: ClientsReport[] }[] = []
    for (let index = 1; index <= commands; index++) {
      await tellAll(clients, { do: 'forget' })
      const id = await register(index)
      await tellAll(clients, { do: 'receive', count: subscribers / crowds })
      await pause(betweenMs)
      heard.push({ id, reports: await tellAll(clients, { do: 'arrivals' }) })
    }
    const cpuMs = ((await router.process.usage()).cpuMicros - before.cpuMicros) / 1000
    console.table({
      [`${subscribers} subscribers, three domains`]: {
        ...report(heard, await committedAt(house, heard)),
        'router CPU ms per event': Math.round(cpuMs / commands),
      },
    })
  } finally {
    for (const crowd of clients) crowd.stop()
    await router.process.stop()
  }
}

const openCommand = (url: string, eventId: string) => ({
  do: 'open' as const,
  url: `${url.replace('http', 'ws')}/graphql`,
  count: subscribers / crowds,
  query,
  distinct: false,
  variables: { eventId },
})

const tellAll = (clients: readonly Clients[], command: Parameters<Clients['tell']>[0]) =>
  Promise.all(clients.map((crowd) => crowd.tell(command)))

/** Registration → the instant that its command has put into its event, just before its commit. */
async function committedAt(
  house: BenchHouse,
  heard: readonly { id: string }[],
): Promise<Map<string, number>> {
  const sql = postgres(house.databaseUrl, { max: 1 })
  const rows = await sql<{ id: string; at: Date }[]>`
    select payload ->> 'registrationId' as id, min(occurred_at) as at from participants.outbox
    where payload ->> 'registrationId' = any(${heard.map(({ id }) => id)}) group by 1`
  await sql.end()
  return new Map(rows.map(({ id, at }) => [id, at.getTime()]))
}

function report(
  heard: readonly { id: string; reports: readonly ClientsReport[] }[],
  committed: ReadonlyMap<string, number>,
) {
  const delays = heard.map(({ id, reports }) =>
    reports
      .flatMap(({ arrivals = [] }) => arrivals)
      .map((at) => at - (committed.get(id) ?? Number.NaN))
      .sort((a, b) => a - b),
  )
  const at = (share: number, of: readonly number[]) =>
    of.toSorted((a, b) => a - b)[Math.min(of.length - 1, Math.floor(of.length * share))] ?? Number.NaN
  const every = delays.flat()
  return {
    commands: heard.length,
    'first client p50 ms': at(
      0.5,
      delays.map(([first]) => first ?? Number.NaN),
    ),
    'p50 ms': at(0.5, every),
    'p95 ms': at(0.95, every),
    'p99 ms': at(0.99, every),
    'max ms': every.reduce((most, one) => Math.max(most, one), 0),
    'lost or failed':
      heard.length * subscribers -
      every.length +
      heard.flatMap(({ reports }) => reports).reduce((sum, { failed }) => sum + failed, 0),
  }
}
