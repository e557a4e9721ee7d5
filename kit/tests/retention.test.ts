import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { backboneRetention, type PruningLimits } from '../events/retention.ts'
import { createToy, type Toy } from './support/toy.ts'

let toy: Toy
beforeEach(async () => {
  toy = await createToy()
})
afterEach(() => toy.close())

const run = (limits?: PruningLimits) => backboneRetention(toy.runtime.backbone, limits).run(toy.contextOf())
/** The toy's clock stands still. */
const clock = () => toy.contextOf().now().toISOString()
const column = async (rows: PromiseLike<readonly Record<string, unknown>[]>) =>
  (await rows).map((row) => Object.values(row)[0])

it('keeps events for seven days after they were sent, and those that were not for ever', async () => {
  const { sql } = toy.database
  await sql`
    insert into toy.outbox (id, name, version, aggregate, occurred_at, payload, sent_at)
    select gen_random_uuid(), 'toy.box.made', 1, aggregate, ${clock()}::timestamptz - age, '{}', case when is_sent then ${clock()}::timestamptz - age end
    from (values
      ('old', interval '7 days 1 minute', true),
      ('old but not sent', interval '40 days', false),
      ('young', interval '6 days 23 hours', true)) as v (aggregate, age, is_sent)`
  await run()
  expect(await column(sql`select aggregate from toy.outbox order by seq`)).toEqual([
    'old but not sent',
    'young',
  ])
})

it('remembers for thirty days which events were handled', async () => {
  const { sql } = toy.database
  await sql`
    insert into toy.inbox (consumer, event_id, handled_at) values
      ('old', gen_random_uuid(), ${clock()}::timestamptz - interval '30 days 1 minute'),
      ('young', gen_random_uuid(), ${clock()}::timestamptz - interval '29 days')`
  await run()
  expect(await column(sql`select consumer from toy.inbox`)).toEqual(['young'])
})

it('remembers for a day what was answered', async () => {
  const { sql } = toy.database
  await sql`
    insert into toy.idempotency (actor, operation, key, input_hash, created_at) values
      ('usr', 'make', 'old', 'x', ${clock()}::timestamptz - interval '24 hours 1 minute'),
      ('usr', 'make', 'young', 'x', ${clock()}::timestamptz - interval '23 hours')`
  await run()
  expect(await column(sql`select key from toy.idempotency`)).toEqual(['young'])
})

describe('where there is much', () => {
  /** So many old rows in each table, and behind them one that stays. */
  const fill = async (old: number) => {
    const { sql } = toy.database
    const isOld = sql`no <= ${old}`
    await sql`
      insert into toy.outbox (id, name, version, aggregate, occurred_at, payload, sent_at)
      select gen_random_uuid(), 'toy.box.made', 1, 'box', ${clock()}, '{}',
        ${clock()}::timestamptz - case when ${isOld} then interval '8 days' else interval '0' end
      from generate_series(1, ${old + 1}::int) no order by no`
    await sql`
      insert into toy.inbox (consumer, event_id, handled_at)
      select 'toy', gen_random_uuid(),
        ${clock()}::timestamptz - case when ${isOld} then interval '31 days' else interval '0' end
      from generate_series(1, ${old + 1}::int) no`
    await sql`
      insert into toy.idempotency (actor, operation, key, input_hash, created_at)
      select 'usr', 'make', no::text, 'x',
        ${clock()}::timestamptz - case when ${isOld} then interval '2 days' else interval '0' end
      from generate_series(1, ${old + 1}::int) no`
  }
  const left = async () => {
    const [row] = await toy.database.sql`
      select (select count(*)::int from toy.outbox) as outbox, (select count(*)::int from toy.inbox) as inbox,
        (select count(*)::int from toy.idempotency) as answers`
    return row
  }

  it('one run removes all that is old, however many batches that takes', async () => {
    await fill(12_000)
    await run()
    expect(await left()).toEqual({ outbox: 1, inbox: 1, answers: 1 })
  })

  it('one run ends after so many batches, and the next goes on', async () => {
    await fill(10)
    await run({ rows: 3, batches: 2 })
    expect(await left()).toEqual({ outbox: 5, inbox: 5, answers: 5 })
    await run({ rows: 3, batches: 2 })
    expect(await left()).toEqual({ outbox: 1, inbox: 1, answers: 1 })
  })

  it('events that were not sent keep nobody from those behind them', async () => {
    await fill(10)
    await toy.database.sql`update toy.outbox set sent_at = null where seq in (1, 2, 5)`
    await run({ rows: 3, batches: 10 })
    expect(await column(toy.database.sql`select seq::int from toy.outbox order by seq`)).toEqual([
      1, 2, 5, 11,
    ])
  })
})
