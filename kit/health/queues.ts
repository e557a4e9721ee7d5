import type postgres from 'postgres'

/** What waits in the tables of a domain. */
export interface QueueFacts {
  /** Events that no relay has taken yet. */
  outboxPending: number
  outboxOldestSeconds: number
  /** Deliveries to this domain that wait, and that were given up. */
  deliveriesPending: number
  deliveriesDead: number
  /** Mails that wait; absent for domains without mail. */
  mailsPending?: number
  mailsOldestSeconds?: number
}

/** Counts what waits, each over an index that holds little else. */
export async function countQueues(
  sql: postgres.Sql,
  domain: string,
  mailTable: string | undefined,
): Promise<QueueFacts> {
  const [outbox] = await sql<Waiting[]>`
    select count(*)::int as waiting, extract(epoch from now() - min(occurred_at))::float as oldest
    from ${sql(`${domain}.outbox`)} where sent_at is null`
  const [deliveries] = await sql<{ waiting: number; dead: number }[]>`
    select count(*) filter (where dead_at is null)::int as waiting,
      count(*) filter (where dead_at is not null)::int as dead
    from bus.delivery where consumer = ${domain}`
  const facts = {
    outboxPending: outbox?.waiting ?? 0,
    outboxOldestSeconds: seconds(outbox),
    deliveriesPending: deliveries?.waiting ?? 0,
    deliveriesDead: deliveries?.dead ?? 0,
  }
  if (!mailTable) return facts
  const [mails] = await sql<Waiting[]>`
    select count(*)::int as waiting, extract(epoch from now() - min(created_at))::float as oldest
    from ${sql(mailTable)} where sent_at is null and failed_at is null`
  return { ...facts, mailsPending: mails?.waiting ?? 0, mailsOldestSeconds: seconds(mails) }
}

interface Waiting {
  waiting: number
  oldest: number | null
}

/** Events are stamped by our clock, asked for by the database's. */
const seconds = (row: Waiting | undefined): number => Math.max(0, Math.round((row?.oldest ?? 0) * 10) / 10)
