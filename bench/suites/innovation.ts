import { setTimeout as pause } from 'node:timers/promises'
import { idOf, uuidOf } from '@guildhall/kit/ids'
import postgres from 'postgres'
import type { Client } from '../../tests/support/client.ts'
import { newPerson, organizerWithEvent } from '../../tests/support/people.ts'
import type { SuiteOptions } from '../suite.ts'

export const title = 'an event with 10,000 registrations, while two people register and withdraw'

const size = Number(process.env.BENCH_REGISTRATIONS ?? 10_000)
const bulk = Math.min(2_000, Math.floor(size / 4))
const repeats = 20

/** One kind of thing that organizers do; `before` is not measured. */
interface Operation {
  name: string
  times: number
  run(n: number): Promise<unknown>
  before?(n: number): Promise<unknown>
}

export async function run({ house: openHouse }: SuiteOptions): Promise<void> {
  const house = await openHouse()
  const sql = postgres(house.databaseUrl, { max: 2 })
  const { organizer, eventId } = await organizerWithEvent(house.url)
  await organizer.mutate('updateEvent', { id: eventId, approvalMode: 'MANUAL' }, 'event { id }')
  const uuid = uuidOf('evt', eventId)
  await populate(sql, uuid)
  const others = [await newPerson(house.url, 'Comes'), await newPerson(house.url, 'Goes')]
  let isOver = false
  let meanwhile = 0
  const busy = others.map(async (person) => {
    while (!isOver) {
      await comeAndGo(person, eventId)
      meanwhile += 1
    }
  })
  try {
    const rows: Record<string, object> = {}
    for (const operation of operations(sql, organizer, eventId, uuid)) {
      rows[operation.name] = await measure(sql, operation)
    }
    console.table(rows)
    console.log(`${meanwhile} times somebody registered and withdrew meanwhile; transactions include theirs.`)
  } finally {
    isOver = true
    await Promise.allSettled(busy)
    await sql.end()
  }
}

async function comeAndGo(person: Client, eventId: string): Promise<void> {
  const { registration } = await person.mutate<{ registration: { id: string } }>(
    'registerForEvent',
    { eventId },
    'registration { id }',
  )
  await person.mutate('withdrawRegistration', { id: registration.id }, 'registration { id }')
  await pause(50)
}

/** As if they had come over weeks: in every standing, with tags and words. */
async function populate(sql: postgres.Sql, uuid: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const known =
      await sql`select 1 from participants.event_seats where id = ${uuid} and approval_mode = 'MANUAL'`
    if (known.length > 0) break
    await pause(100)
  }
  await sql`
    insert into participants.registration
      (id, event_id, organization_id, user_id, number, status, message, tags, search_text, version, created_at, updated_at)
    select gen_random_uuid(), id, organization_id, gen_random_uuid(), next_number + n,
      (array['PENDING_APPROVAL', 'REJECTED', 'WITHDRAWN'])[1 + (n % 4) / 2 + (n % 8) / 7]::participants.registration_status,
      'I would like to come, number ' || n, array['tag ' || n % 20], 'rust typescript city' || n % 500, 1,
      now() - n * interval '1 minute', now() - n * interval '1 minute'
    from participants.event_seats, generate_series(0, ${size - 1}) n where id = ${uuid}`
  await sql`update participants.event_seats set next_number = next_number + ${size} where id = ${uuid}`
  await sql`analyze participants.registration`
}

function operations(sql: postgres.Sql, organizer: Client, eventId: string, uuid: string): Operation[] {
  const list = (args: string, selection = 'nodes { id number status tags }') =>
    ask(organizer, `query ($id: ID!) { event(id: $id) { registrations(${args}) { ${selection} } } }`, {
      id: eventId,
    })
  const pending = async () => {
    const rows = await sql<{ id: string }[]>`
      select id from participants.registration where event_id = ${uuid} and status = 'PENDING_APPROVAL'
      order by number limit ${bulk}`
    return rows.map(({ id }) => idOf('reg', id))
  }
  const restore = () => sql`
    update participants.registration set status = 'PENDING_APPROVAL' where event_id = ${uuid} and status = 'CONFIRMED'`
  let ids: string[] = []
  const takePending = async () => {
    await restore()
    await sql`update participants.event_seats set held = 0 where id = ${uuid}`
    ids = await pending()
  }
  const stage = () => organizer.mutate('stageDecisions', { ids, decision: 'CONFIRM' }, 'failed { id code }')
  const deep = Buffer.from(
    JSON.stringify(['Event.registrations:number ASC', Math.floor(size * 0.9)]),
  ).toString('base64url')
  return [
    { name: 'page of 100', times: repeats, run: () => list('first: 100') },
    { name: 'deep page of 100', times: repeats, run: () => list(`first: 100, after: "${deep}"`) },
    {
      name: 'status and tag',
      times: repeats,
      run: (n) => list(`first: 100, filter: { status: [PENDING_APPROVAL], tag: "tag ${n % 20}" }`),
    },
    { name: 'search', times: repeats, run: (n) => list(`first: 100, filter: { search: "city${n} rust" }`) },
    { name: 'count', times: repeats, run: () => list('first: 1', 'totalCount') },
    { name: 'export of all', times: 3, run: () => exportAll(organizer, eventId) },
    { name: `stage ${bulk}`, times: 3, before: takePending, run: stage },
    {
      name: `release ${bulk}`,
      times: 3,
      before: async () => {
        await takePending()
        await stage()
      },
      run: () => release(organizer, eventId),
    },
    {
      name: `approve ${bulk}`,
      times: 3,
      before: takePending,
      run: () => organizer.mutate('approveRegistrations', { ids }, 'failed { id code }'),
    },
  ]
}

async function exportAll(organizer: Client, eventId: string): Promise<void> {
  interface Page {
    registrationExport: { pageInfo: { hasNextPage: boolean; endCursor: string } }
  }
  for (let after: string | null = null; ; ) {
    const answer: Page = await ask<Page>(
      organizer,
      `query ($id: ID!, $after: String) {
        registrationExport(eventId: $id, first: 1000, after: $after) { text pageInfo { hasNextPage endCursor } }
      }`,
      { id: eventId, after },
    )
    const { pageInfo } = answer.registrationExport
    if (!pageInfo.hasNextPage) return
    after = pageInfo.endCursor
  }
}

/** An answer without errors. */
async function ask<Data>(client: Client, query: string, variables: object): Promise<Data> {
  const { data, errors } = await client.request<Data>(query, variables)
  if (errors.length > 0) throw new Error(JSON.stringify(errors))
  return data
}

async function release(organizer: Client, eventId: string): Promise<void> {
  const begun = await organizer.mutate<{ release: { id: string } }>(
    'releaseStagedDecisions',
    { eventId },
    'release { id }',
  )
  for (;;) {
    const { decisionRelease } = await ask<{ decisionRelease: { status: string } }>(
      organizer,
      'query ($id: ID!) { decisionRelease(id: $id) { status } }',
      { id: begun.release.id },
    )
    if (decisionRelease.status === 'COMPLETED') return
    await pause(20)
  }
}

async function measure(sql: postgres.Sql, { times, before, run: once }: Operation) {
  const took: number[] = []
  let transactions = 0
  for (let n = 0; n < times; n++) {
    await before?.(n)
    const start = await committed(sql)
    const startedAt = performance.now()
    await once(n)
    took.push(performance.now() - startedAt)
    transactions += (await committed(sql)) - start
  }
  took.sort((a, b) => a - b)
  const at = (share: number) => Math.round(took[Math.floor((took.length - 1) * share)] ?? Number.NaN)
  return {
    times,
    'p50 ms': at(0.5),
    'p95 ms': at(0.95),
    'transactions each': Math.round(transactions / times),
  }
}

/** Of the whole house; what a process has done reaches the statistics with some delay. */
async function committed(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ count: string }[]>`
    select xact_commit as count from pg_stat_database where datname = current_database()`
  return Number(row?.count ?? 0)
}
