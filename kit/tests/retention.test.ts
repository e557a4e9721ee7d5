import { afterEach, beforeEach, expect, it } from 'vitest'
import { backboneRetention } from '../events/retention.ts'
import { createToy, type Toy } from './support/toy.ts'

let toy: Toy
beforeEach(async () => {
  toy = await createToy()
})
afterEach(() => toy.close())

const run = () => backboneRetention(toy.runtime.backbone).run(toy.contextOf())
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
