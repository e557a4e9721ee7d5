import { afterEach, beforeEach, expect, it } from 'vitest'
import { reactTo } from '../events/envelope.ts'
import { countQueues } from '../health/queues.ts'
import { measureQueues } from '../metrics/domain-metrics.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { readStatus } from '../operating/status.ts'
import { captureLog } from './support/capture-log.ts'
import { boxMade, createToy, type Toy } from './support/toy.ts'

let toy: Toy
beforeEach(async () => {
  toy = await createToy()
})
afterEach(() => toy.close())

/** Seconds ago by the toy's clock, which has nothing to do with the database's. */
const ago = (seconds: number) => new Date(toy.clock.now().getTime() - seconds * 1000).toISOString()
const health = () => countQueues(toy.database.sql, 'toy', 'toy.letter', toy.clock.now())
const status = () => readStatus(toy.contextOf(), [reactTo(boxMade, { async apply() {} })])

/** Three events that nobody took, one that was; four that wait for the toy, three that died, others' besides; two mails. */
async function fillQueues(): Promise<void> {
  const { sql } = toy.database
  await sql`create table toy.letter (created_at timestamptz not null, sent_at timestamptz, failed_at timestamptz)`
  await sql`
    insert into toy.outbox (id, name, version, aggregate, occurred_at, payload, sent_at)
    select gen_random_uuid(), ${boxMade.name}, 1, 'box', at::timestamptz, '{}', sent::timestamptz
    from (values (${ago(7.25)}, null), (${ago(90)}, null), (${ago(30)}, null), (${ago(500)}, ${ago(499)}))
      as event (at, sent)`
  await sql`
    insert into bus.delivery (consumer, event_id, aggregate, envelope, dead_at)
    select consumer, gen_random_uuid(), 'box', jsonb_build_object('occurredAt', at), dead::timestamptz
    from (values
      ('toy', ${ago(900)}, ${ago(800)}), ('other', ${ago(950)}, null),
      ('toy', ${ago(61.5)}, null), ('toy', ${ago(62)}, null), ('toy', ${ago(3)}, null), ('toy', ${ago(2)}, null),
      ('toy', ${ago(700)}, ${ago(600)}), ('toy', ${ago(700)}, ${ago(600)}), ('other', ${ago(9)}, ${ago(8)}))
      as waiting (consumer, at, dead)`
  await sql`
    insert into toy.letter
    select at::timestamptz, sent::timestamptz, failed::timestamptz
    from (values (${ago(12)}, null, null), (${ago(40)}, null, null), (${ago(70)}, ${ago(69)}, null),
      (${ago(80)}, null, ${ago(79)})) as letter (at, sent, failed)`
}

it('health, metrics and operators are told the same of what waits, and for how long', async () => {
  await fillQueues()
  expect(await health()).toEqual({
    outboxPending: 3,
    outboxOldestSeconds: 90,
    deliveriesPending: 4,
    // Of the one that came first, not of the one that happened first.
    deliveriesOldestSeconds: 61.5,
    deliveriesDead: 3,
    mailsPending: 2,
    mailsOldestSeconds: 40,
    schedules: [],
  })
  expect(await status()).toMatchObject({
    unsentCount: 3,
    oldestUnsentSeconds: 90,
    consumer: { waitingCount: 4, oldestWaitingSeconds: 61.5, deadCount: 3 },
  })

  const metrics = createMetrics(captureLog().log)
  measureQueues(metrics, ['toy'], { queues: health, unread: async () => null })
  const text = await metrics.text()
  const told = [...text.matchAll(/^guildhall_(\w+)\{domain="toy"\} (\S+)$/gm)].map(([, name, value]) => [
    name,
    value,
  ])
  expect(Object.fromEntries(told)).toEqual({
    outbox_pending: '3',
    outbox_oldest_age_seconds: '90',
    events_pending: '4',
    events_oldest_age_seconds: '61.5',
    events_dead: '3',
    mail_pending: '2',
    mail_oldest_age_seconds: '40',
  })

  toy.clock.advance(1_500)
  expect(await health()).toMatchObject({
    outboxOldestSeconds: 91.5,
    deliveriesOldestSeconds: 63,
    mailsOldestSeconds: 41.5,
  })
  expect(await status()).toMatchObject({ oldestUnsentSeconds: 91.5, consumer: { oldestWaitingSeconds: 63 } })
})

it('what a clock ahead of ours has stamped has not waited at all', async () => {
  await fillQueues()
  toy.clock.advance(-3_600_000)
  expect(await health()).toMatchObject({
    outboxPending: 3,
    outboxOldestSeconds: 0,
    deliveriesOldestSeconds: 0,
    mailsOldestSeconds: 0,
  })
})
