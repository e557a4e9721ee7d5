import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import type postgres from 'postgres'
import { countWaiting, tenthsOf } from '../events/waiting.ts'

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

/** Counts what waits. @param now by the clock that stamps events and mails, not by that of the database. */
export async function countQueues(
  sql: postgres.Sql,
  domain: string,
  mailTable: string | undefined,
  now: Date,
): Promise<QueueFacts> {
  const waiting = await countWaiting((question) => askOf(sql, question), domain, now)
  const schedules = await sql<ScheduleFacts[]>`
    select name, last_error is not null as "hasFailed",
      case when leased_until >= now() then 0
        else greatest(0, round(extract(epoch from now() - next_due_at)))::int end as "overdueSeconds"
    from bus.schedule where domain = ${domain} order by name`
  const facts = {
    outboxPending: waiting.unsentCount,
    outboxOldestSeconds: waiting.oldestUnsentSeconds,
    deliveriesPending: waiting.waitingCount,
    deliveriesOldestSeconds: waiting.oldestWaitingSeconds,
    deliveriesDead: waiting.deadCount,
    schedules: [...schedules],
  }
  if (!mailTable) return facts
  const [mails] = await sql<{ waiting: number; oldest: number | null }[]>`
    select count(*)::int as waiting,
      extract(epoch from ${now.toISOString()}::timestamptz - min(created_at))::float as oldest
    from ${sql(mailTable)} where sent_at is null and failed_at is null`
  return { ...facts, mailsPending: mails?.waiting ?? 0, mailsOldestSeconds: tenthsOf(mails?.oldest) }
}

const dialect = new PgDialect()

/** Drizzle itself would change how this client reads dates. */
function askOf(client: postgres.Sql, question: SQL) {
  const { sql, params } = dialect.sqlToQuery(question)
  return client.unsafe(sql, params as string[])
}
