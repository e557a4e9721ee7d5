import { randomUUID } from 'node:crypto'
import type { Envelope } from '../events/envelope.ts'
import { seededRandom } from './seeded-random.ts'
import type { World } from './world.ts'

/** What to tell a domain again, and what it must know in the end. */
export interface Disorder {
  /** Domains whose events are told again. */
  publishers: readonly string[]
  /** The domain that hears them. */
  consumer: string
  /** The tables that it keeps of them, as `schema.table`; emptied before, and with them whatever points to their rows. */
  tables: readonly string[]
  seed: number
}

/** All rows of the tables, in an order of their own. */
export type Known = Readonly<Record<string, readonly unknown[]>>

/**
 * Has a domain forget what it knows of others, and hear all of their events again: shuffled, some of them several times
 * (by redelivery, and by replay, which has its effect again), some only after others were handled.
 *
 * @returns what the domain knew when all had come in order, and what it knows now.
 */
export async function hearInDisorder(
  world: World,
  { publishers, consumer, tables, seed }: Disorder,
): Promise<{ inOrder: Known; inDisorder: Known }> {
  const random = seededRandom(seed)
  await world.settle()
  const inOrder = await known(world, tables)
  const told = (await Promise.all(publishers.map((publisher) => logOf(world, publisher)))).flat()
  await world.host.database.sql.unsafe(`truncate ${[...tables, `${consumer}.inbox`].join(', ')} cascade`)

  const copies = told.flatMap((event) =>
    Array.from({ length: 1 + Math.floor(random() * 3) }, (_, no) => ({
      place: random(),
      envelope: no > 0 && random() < 0.5 ? replayed(event) : event,
    })),
  )
  const waiting = copies.sort((one, other) => one.place - other.place).map(({ envelope }) => envelope)
  const lotMax = Math.ceil(waiting.length / 4)
  while (waiting.length > 0) {
    await deposit(world, consumer, waiting.splice(0, 1 + Math.floor(random() * lotMax)))
    // The rest comes only after these were handled.
    await world.settle()
  }
  return { inOrder, inDisorder: await known(world, tables) }
}

async function known({ host }: World, tables: readonly string[]): Promise<Known> {
  const entries = tables.map(async (table) => {
    const rows = await host.database.sql.unsafe(`select to_jsonb(t) as row from ${table} t order by t::text`)
    return [table, rows.map(({ row }) => row)] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

const logOf = ({ host }: World, publisher: string): Promise<Envelope[]> =>
  host.database.sql<Envelope[]>`
    select id, name, version, aggregate, actor, occurred_at as "occurredAt", payload
    from ${host.database.sql(`${publisher}.outbox`)} order by seq`

const replayed = (event: Envelope): Envelope => ({
  ...event,
  replay: { id: randomUUID(), copyId: randomUUID() },
})

/** As a transport would, but for one consumer alone. */
async function deposit({ host }: World, consumer: string, envelopes: readonly Envelope[]): Promise<void> {
  const rows = envelopes.map((envelope) => ({ id: envelope.replay?.copyId ?? envelope.id, envelope }))
  await host.database.sql`
    insert into bus.delivery (consumer, event_id, aggregate, envelope)
    select s.consumer, (r.row ->> 'id')::uuid, r.row -> 'envelope' ->> 'aggregate', r.row -> 'envelope'
    from jsonb_array_elements(${JSON.stringify(rows)}::jsonb) with ordinality as r(row, position)
    join bus.subscription s on s.consumer = ${consumer} and s.event_name = r.row -> 'envelope' ->> 'name'
    order by r.position
    on conflict do nothing`
}
