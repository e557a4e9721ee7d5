import { randomUUID } from 'node:crypto'
import type postgres from 'postgres'
import type { Envelope } from './envelope.ts'
import type { EventStream } from './jetstream.ts'

/** Who has read for so long without saying so is gone; the next one looks every five seconds, so 30 s pass at most. */
const leaseSeconds = 25

/** How far one consumer has read a stream, and whose turn it is to read on. */
export interface ReadPosition {
  /**
   * Takes or keeps the turn.
   *
   * @param stream when the stream was made; another one is read from its beginning.
   * @returns the number of the last event that was read, or null when another process reads.
   */
  take(stream: string): Promise<number | null>
  /**
   * Puts those events into the mailbox that the consumer wants, and moves the position, both or neither. What it wants
   * stands in the database: this process may be of an older version, and what it passes over nobody reads again.
   *
   * @returns how many it wanted, or null when the turn was lost: somebody else has read on meanwhile.
   */
  advance(to: number, envelopes: readonly Envelope[]): Promise<number | null>
  /** Where it stands. */
  seq(): Promise<number>
  /** Lets others read at once. */
  release(): Promise<void>
}

/**
 * Has a consumer that nobody knows yet begin behind what the stream holds: that was not meant for it. One that is known
 * keeps its position; known without one, it has subscribed while there was no stream, whose events are all for it.
 *
 * @throws when the stream does not answer; nothing has changed then.
 */
export async function beginAtEnd(
  sql: postgres.Sql,
  consumer: string,
  stream: Pick<EventStream, 'state'>,
): Promise<void> {
  const known = await sql`
    select 1 from bus.position where consumer = ${consumer}
    union all
    select 1 from bus.subscription where consumer = ${consumer} limit 1`
  if (known.length > 0) return
  const { made, lastSeq } = await stream.state()
  await sql`
    insert into bus.position (consumer, stream, seq) values (${consumer}, ${made}, ${lastSeq})
    on conflict do nothing`
}

/** How many events of a stream are behind the position of a consumer; all of them while it has none in this stream. */
export async function countUnread(
  sql: postgres.Sql,
  consumer: string,
  { made, lastSeq }: { made: string; lastSeq: number },
): Promise<number> {
  const [row] = await sql<{ seq: string }[]>`
    select seq from bus.position where consumer = ${consumer} and stream = ${made}`
  return Math.max(0, lastSeq - Number(row?.seq ?? 0))
}

/** The position of a consumer in its own database, held by this process under a name of its own. */
export async function openReadPosition(sql: postgres.Sql, consumer: string): Promise<ReadPosition> {
  const me = randomUUID()
  const lease = sql`now() + ${leaseSeconds} * interval '1 second'`
  await sql`insert into bus.position (consumer) values (${consumer}) on conflict do nothing`
  return {
    async take(stream) {
      const [mine] = await sql<{ seq: string }[]>`
        update bus.position set
          holder = ${me}, leased_until = ${lease}, stream = ${stream},
          seq = case when stream = ${stream} then seq else 0 end
        where consumer = ${consumer} and (holder = ${me} or holder is null or leased_until < now())
        returning seq`
      return mine ? Number(mine.seq) : null
    },
    async advance(to, envelopes) {
      const [moved] = await sql<{ put: number }[]>`
        with moved as (
          update bus.position set seq = ${to}, leased_until = ${lease}
          where consumer = ${consumer} and holder = ${me} and seq < ${to}
          returning 1),
        put as (
          insert into bus.delivery (consumer, event_id, aggregate, envelope)
          select ${consumer}, (e.envelope ->> 'id')::uuid, e.envelope ->> 'aggregate', e.envelope
          from jsonb_array_elements(${JSON.stringify(envelopes)}::jsonb) with ordinality as e(envelope, position)
          join bus.subscription s on s.consumer = ${consumer} and s.event_name = e.envelope ->> 'name'
          where exists (select from moved)
          order by e.position
          on conflict on constraint delivery_once do nothing
          returning 1)
        select (select count(*)::int from put) as put from moved`
      return moved?.put ?? null
    },
    async seq() {
      const [row] = await sql<{ seq: string }[]>`select seq from bus.position where consumer = ${consumer}`
      return Number(row?.seq ?? 0)
    },
    async release() {
      await sql`
        update bus.position set holder = null, leased_until = null
        where consumer = ${consumer} and holder = ${me}`
    },
  }
}
