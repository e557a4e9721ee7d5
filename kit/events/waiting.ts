import { type SQL, sql } from 'drizzle-orm'

/** What of the events waits in the tables of a domain. */
export interface Waiting {
  /** Events that no relay has taken yet. */
  unsentCount: number
  /** How long the oldest of them waits; 0 when there is none. */
  oldestUnsentSeconds: number
  /** Deliveries to the domain that wait. */
  waitingCount: number
  /** How long ago the first of them has happened; 0 when there is none. */
  oldestWaitingSeconds: number
  /** Deliveries that were given up. */
  deadCount: number
}

/** Puts a question to a database, whichever client there is. */
export type Ask = (question: SQL) => PromiseLike<readonly Record<string, unknown>[]>

/**
 * Counts what waits, each over an index that holds little else. Of what waits in the mailbox the age is that of the one
 * that came first; events of different aggregates may have happened in another order by a little.
 *
 * @param now by the clock that stamps events, not by that of the database.
 */
export async function countWaiting(ask: Ask, domain: string, now: Date): Promise<Waiting> {
  const outbox = sql`${sql.identifier(domain)}.outbox where sent_at is null`
  const mailbox = sql`bus.delivery where consumer = ${domain} and dead_at is null`
  const ageOf = (instant: SQL) =>
    sql`extract(epoch from ${now.toISOString()}::timestamptz - (${instant}))::float`
  const [row] = (await ask(sql`
    select (select count(*)::int from ${outbox}) as "unsentCount",
      ${ageOf(sql`select min(occurred_at) from ${outbox}`)} as "oldestUnsentSeconds",
      (select count(*)::int from ${mailbox}) as "waitingCount",
      ${ageOf(sql`select (envelope ->> 'occurredAt')::timestamptz from ${mailbox} order by seq limit 1`)}
        as "oldestWaitingSeconds",
      (select count(*)::int from bus.delivery where consumer = ${domain} and dead_at is not null) as "deadCount"`)) as [
    (Omit<Waiting, 'oldestUnsentSeconds' | 'oldestWaitingSeconds'> & Record<string, number | null>)?,
  ]
  return {
    unsentCount: row?.unsentCount ?? 0,
    oldestUnsentSeconds: tenthsOf(row?.oldestUnsentSeconds),
    waitingCount: row?.waitingCount ?? 0,
    oldestWaitingSeconds: tenthsOf(row?.oldestWaitingSeconds),
    deadCount: row?.deadCount ?? 0,
  }
}

/** Seconds as they are shown. Clocks may differ: nothing waits since the future. */
export const tenthsOf = (seconds: number | null | undefined): number =>
  Math.max(0, Math.round((seconds ?? 0) * 10) / 10)
