import type postgres from 'postgres'

/** What waits in the tables of a domain. */
export interface QueueFacts {
  /** Events that no relay has taken yet. */
  outboxPending: number
  outboxOldestSeconds: number
  /** Deliveries to this domain that wait, and that were given up. */
  deliveriesPending: number
  /** How long ago the first of those that wait has happened. */
  deliveriesOldestSeconds: number
  deliveriesDead: number
  /** Mails that wait; absent for domains without mail. */
  mailsPending?: number
  mailsOldestSeconds?: number
  /** What the domain does by the clock. */
  schedules: ScheduleFacts[]
}

/** How a schedule is doing, for all processes of its domain. */
export interface ScheduleFacts {
  name: string
  /** For how long nobody has begun a run that is due; 0 while one is under way. */
  overdueSeconds: number
  /** Whether the last run failed. */
  hasFailed: boolean
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
  const [oldest] = await sql<{ oldest: number | null }[]>`
    select extract(epoch from now() - (envelope ->> 'occurredAt')::timestamptz)::float as oldest
    from bus.delivery where consumer = ${domain} and dead_at is null order by seq limit 1`
  const schedules = await sql<ScheduleFacts[]>`
    select name, last_error is not null as "hasFailed",
      case when leased_until >= now() then 0
        else greatest(0, round(extract(epoch from now() - next_due_at)))::int end as "overdueSeconds"
    from bus.schedule where domain = ${domain} order by name`
  const facts = {
    outboxPending: outbox?.waiting ?? 0,
    outboxOldestSeconds: seconds(outbox),
    deliveriesPending: deliveries?.waiting ?? 0,
    deliveriesOldestSeconds: secondsOf(oldest?.oldest),
    deliveriesDead: deliveries?.dead ?? 0,
    schedules: [...schedules],
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
const seconds = (row: Waiting | undefined): number => secondsOf(row?.oldest)

const secondsOf = (age: number | null | undefined): number => Math.max(0, Math.round((age ?? 0) * 10) / 10)
