import type postgres from 'postgres'
import type { Database } from '../database.ts'
import { problemOf } from '../log/error-fields.ts'
import type { Log } from '../log.ts'
import type { Signals } from '../signals.ts'
import { createWorker, type Worker } from '../worker.ts'
import type { BatchHandler, Envelope, RunningConsumer } from './envelope.ts'
import { type Delivery, handleInLanes } from './lanes.ts'

/** Attempts before an event is set aside; with the backoff below about four minutes pass. */
export const attemptsMax = 8

const pollMs = 1_000
const channel = 'bus'

/** A batch saves the statements of taking and forgetting each delivery by itself; a killed one is delivered again. */
const aggregatesPerBatch = 64
const deliveriesPerBatch = 256

/** Who empties a mailbox. */
export interface Consumer {
  name: string
  eventNames: readonly string[]
  handle: BatchHandler
}

/**
 * Where events wait for consumers, whatever transport brought them: one row per event and consumer in the schema `bus`
 * of the consumer's database. A consumer locks rows while it works on them, so a killed consumer's events are free
 * again as soon as its connection is gone. The oldest waiting event of an aggregate goes first; a dead one no longer
 * blocks those behind it.
 */
export interface Mailboxes {
  /** Puts events into the mailbox of everybody who wants them. A repeated one is passed over. */
  deposit(envelopes: readonly Envelope[]): Promise<void>
  /** Something was put in by other means. */
  wake(): void
  /** Makes a consumer known: from now on there is put into its mailbox what it wants. */
  register(consumer: Pick<Consumer, 'name' | 'eventNames'>): Promise<void>
  /** The same, and starts to empty its mailbox. */
  open(consumer: Consumer): Promise<RunningConsumer>
  /** Handles what waits for the consumers of this process. */
  drain(): Promise<void>
  /** Whether a delivery waits for a consumer of this process that could be handled now. */
  hasWaiting(): Promise<boolean>
  close(): Promise<void>
}

export function createMailboxes(database: Database, signals: Signals, log: Log): Mailboxes {
  const { sql } = database
  const workers = new Map<Worker, Consumer>()
  const stopListening = signals.listen(channel, () => {
    for (const worker of workers.keys()) worker.wake()
  })
  return {
    async deposit(envelopes) {
      // The rows of one aggregate must get ascending numbers in the order of the outbox, hence `order by`.
      // Drizzle, which shares this client, has switched off its writing of JSON.
      await sql`
        insert into bus.delivery (consumer, event_id, aggregate, envelope)
        select s.consumer, (e.envelope ->> 'id')::uuid, e.envelope ->> 'aggregate', e.envelope
        from jsonb_array_elements(${JSON.stringify(envelopes)}::jsonb) with ordinality as e(envelope, position)
        join bus.subscription s on s.event_name = e.envelope ->> 'name'
        order by e.position
        on conflict on constraint delivery_once do nothing`
      signals.send(channel, ['published'])
    },
    wake: () => signals.send(channel, ['published']),
    register: (consumer) => subscribe(sql, consumer),
    async open(consumer) {
      await subscribe(sql, consumer)
      const worker = createWorker(`consumer ${consumer.name}`, log, pollMs, () =>
        deliverBatch(database, consumer, log),
      )
      workers.set(worker, consumer)
      return {
        stop: () => {
          workers.delete(worker)
          return worker.stop()
        },
      }
    },
    async drain() {
      for (const worker of workers.keys()) await worker.drain()
    },
    async hasWaiting() {
      for (const consumer of workers.values()) {
        const [row] = await sql`select 1 from bus.delivery d where ${isNext(sql, consumer)} limit 1`
        if (row) return true
      }
      return false
    },
    async close() {
      stopListening()
      await Promise.all([...workers.keys()].map((worker) => worker.stop()))
    },
  }
}

/**
 * The version that started last decides what a consumer hears; what waits of the rest would block its aggregates for
 * ever, because nobody handles it.
 */
async function subscribe(
  sql: postgres.Sql,
  { name, eventNames }: Pick<Consumer, 'name' | 'eventNames'>,
): Promise<void> {
  const names = [...eventNames]
  await sql.begin(async (tx) => {
    await tx`delete from bus.subscription where consumer = ${name} and not event_name = any(${names})`
    await tx`
      delete from bus.delivery where seq = any(array(
        select seq from bus.delivery
        where consumer = ${name} and dead_at is null and not envelope ->> 'name' = any(${names})
        for update skip locked))`
    await tx`
      insert into bus.subscription (consumer, event_name)
      select ${name}, unnest(${names}::text[])
      on conflict do nothing`
  })
}

/** The delivery that may be handled now: the oldest of its aggregate, of a kind that this version knows. */
const isNext = (sql: postgres.Sql, { name, eventNames }: Consumer) => sql`
  d.consumer = ${name} and d.dead_at is null and d.available_at <= now()
  and d.envelope ->> 'name' = any(${[...eventNames]})
  and not exists (
    select from bus.delivery older
    where older.consumer = d.consumer and older.aggregate = d.aggregate
      and older.seq < d.seq and older.dead_at is null)`

/**
 * Handles a batch: the heads of some aggregates are locked, which keeps everybody else from their successors too; these
 * are taken along. @returns false when there is nothing to do now.
 */
async function deliverBatch({ sql, background }: Database, consumer: Consumer, log: Log): Promise<boolean> {
  return background.begin(async (tx) => {
    const rows = await tx<Delivery[]>`
      with head as (
        select d.aggregate from bus.delivery d
        where ${isNext(sql, consumer)}
        order by d.seq limit ${aggregatesPerBatch}
        for update skip locked)
      select d.seq, d.aggregate, d.attempts, d.envelope,
        d.available_at <= now() and d.envelope ->> 'name' = any(${[...consumer.eventNames]}) as "isReady"
      from bus.delivery d join head on head.aggregate = d.aggregate
      where d.consumer = ${consumer.name} and d.dead_at is null
      order by d.seq limit ${deliveriesPerBatch}`
    if (rows.length === 0) return false
    const { handled, failed } = await handleInLanes(rows, consumer.handle)
    for (const { row, error } of failed) {
      await setBack(tx, row, error)
      const { name: event, id: eventId } = row.envelope
      log.error({ err: error, consumer: consumer.name, event, eventId }, 'reaction failed')
    }
    await tx`delete from bus.delivery where seq = any(${handled}::bigint[])`
    return true
  }) as Promise<boolean>
}

/**
 * How long to wait before the next attempt: exponential, 1, 2, 4 … 128 s, each ± 20 %, so that what failed together does
 * not come back together.
 *
 * @param failures before this one.
 * @param random 0 to 1.
 */
export const backoffSeconds = (failures: number, random: number): number =>
  2 ** failures * (0.8 + 0.4 * random)

async function setBack(
  tx: postgres.TransactionSql,
  row: { seq: string; attempts: number },
  error: unknown,
): Promise<void> {
  const attempts = row.attempts + 1
  const delaySeconds = backoffSeconds(row.attempts, Math.random())
  await tx`
    update bus.delivery set
      attempts = ${attempts},
      last_error = ${problemOf(error).slice(0, 2000)},
      available_at = now() + ${delaySeconds} * interval '1 second',
      dead_at = case when ${attempts}::int >= ${attemptsMax}::int then now() end
    where seq = ${row.seq}`
}
