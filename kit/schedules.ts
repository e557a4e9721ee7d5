import { randomUUID } from 'node:crypto'
import type { Schedule, SubgraphDefinition } from './define-subgraph.ts'
import { problemOf } from './log/error-fields.ts'
import type { Log } from './log.ts'
import type { SubgraphRuntime } from './subgraph-runtime.ts'
import { createWorker, type Worker } from './worker.ts'

/** Who has not kept its lease for so long is gone; with the poll below its run is taken over within 30 s. */
const leaseSeconds = 20
const keepMs = 5_000
const pollMaxMs = 10_000

/** What of a domain matters here. */
export interface ScheduledDomain extends Pick<SubgraphRuntime, 'runtime' | 'scheduleContext'> {
  definition: Pick<SubgraphDefinition, 'domain' | 'schedules'>
}

/** What is run by the clock in this process. */
export interface RunningSchedules {
  /** Finishes the runs under way and begins no further one. */
  stop(): Promise<void>
}

/**
 * Runs what domains do by the clock. When a schedule is due stands in the database: a restart does not run it early, and
 * of several replicas one runs it. Runs are idempotent by contract, because a holder that was thought dead may live.
 */
export function startSchedules(subgraphs: readonly ScheduledDomain[], log: Log): RunningSchedules {
  const workers = subgraphs.flatMap((subgraph) =>
    subgraph.definition.schedules.map((schedule) => startOne(subgraph, schedule, log)),
  )
  return {
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.stop()))
    },
  }
}

function startOne(subgraph: ScheduledDomain, schedule: Schedule, log: Log): Worker {
  const turns = scheduleTurns(subgraph, schedule)
  const pollMs = Math.min(schedule.everySeconds * 1000, pollMaxMs)
  return createWorker(`schedule ${schedule.name}`, log, pollMs, async () => {
    if (!(await turns.take())) return false
    const startedAt = performance.now()
    const keep = setInterval(() => {
      // Kept in vain is noticed at the end; until then the run goes on.
      turns
        .keep()
        .catch((error: unknown) => log.warn({ err: error, schedule: schedule.name }, 'lease not kept'))
    }, keepMs)
    let problem: unknown
    try {
      await schedule.run(subgraph.scheduleContext())
    } catch (error) {
      problem = error ?? new Error('thrown nothing')
    }
    clearInterval(keep)
    await turns.end(Math.round(performance.now() - startedAt), problem)
    if (problem)
      log.error(
        { err: problem, domain: subgraph.definition.domain, schedule: schedule.name },
        'schedule failed',
      )
    return false
  })
}

/** Whose turn it is to run a schedule, by the clock of the database. */
function scheduleTurns(
  { definition: { domain }, runtime }: ScheduledDomain,
  { name, everySeconds }: Schedule,
) {
  const { sql } = runtime.database
  const me = randomUUID()
  const every = sql`${everySeconds} * interval '1 second'`
  const lease = sql`now() + ${leaseSeconds} * interval '1 second'`
  const mine = sql`domain = ${domain} and name = ${name} and holder = ${me}`
  let isKnown = false
  return {
    /** Takes the turn if there is one. */
    async take(): Promise<boolean> {
      if (!isKnown) {
        // A new rhythm counts from now on, unless the old one is due earlier.
        await sql`
          insert into bus.schedule (domain, name, every_seconds, next_due_at)
          values (${domain}, ${name}, ${everySeconds}, now() - interval '1 millisecond')
          on conflict on constraint schedule_once do update set
            every_seconds = excluded.every_seconds, next_due_at = least(schedule.next_due_at, now() + ${every})`
        isKnown = true
      }
      const taken = await sql`
        update bus.schedule set holder = ${me}, leased_until = ${lease}, started_at = now()
        where domain = ${domain} and name = ${name} and next_due_at <= now()
          and (holder is null or leased_until < now())
        returning 1`
      return taken.length > 0
    },
    async keep(): Promise<void> {
      await sql`update bus.schedule set leased_until = ${lease} where ${mine}`
    },
    /** Counted from the start, so that a long run does not move the rhythm. */
    async end(ms: number, problem: unknown): Promise<void> {
      const error = problem === undefined ? null : problemOf(problem).slice(0, 2_000)
      await sql`
        update bus.schedule set
          holder = null, leased_until = null, ended_at = now(), last_ms = ${ms}, last_error = ${error}::text,
          last_good_at = case when ${error}::text is null then now() else last_good_at end,
          next_due_at = greatest(now(), started_at + ${every})
        where ${mine}`
    },
  }
}
