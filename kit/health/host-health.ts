import { getTableConfig } from 'drizzle-orm/pg-core'
import type { SubgraphRuntime } from '../subgraph-runtime.ts'
import { runChecks } from './checks.ts'
import { type DatabaseHealth, lastMigration, watchDatabase } from './database-health.ts'
import { watchEventLoop } from './event-loop.ts'
import type { Health } from './health.ts'
import { countQueues, type QueueFacts } from './queues.ts'

/** How the domains of one process are. */
export interface HostHealth extends Health {
  /** The same for the server of one domain. */
  ofDomain(domain: string): Health
  queues(domain: string): Promise<QueueFacts>
  /** What the broker holds for a domain, as its transport says; undefined for one that hears nothing. */
  unread(domain: string): Promise<number | null | undefined>
  close(): Promise<void>
}

const withinMs = 2_000

/** @param migrations see {@link watchDatabase}. */
export function watchHost(
  subgraphs: Readonly<Record<string, SubgraphRuntime>>,
  url: string,
  migrations: string | undefined,
): HostHealth {
  const database = watchDatabase(url, migrations)
  const eventLoop = watchEventLoop()
  const domains = Object.keys(subgraphs)
  const problemsOf = async (names: readonly string[]) => [
    ...new Set((await Promise.all(names.map(database.problems))).flat()),
  ]
  const queues = async (domain: string) => {
    const subgraph = subgraphs[domain]
    if (!subgraph) throw new Error(`${domain} does not run in this process`)
    return queuesOf(database, subgraph)
  }
  const unread = async (domain: string) => subgraphs[domain]?.runtime.unread?.()
  const healthOf = (names: readonly string[]): Health => ({
    problems: () => problemsOf(names),
    lagMs: eventLoop.lagMs,
    async details() {
      const checks = names.map((name) => ({
        name: `domain ${name}`,
        async look() {
          const problems = await database.problems(name)
          if (problems.length > 0) throw new Error(problems.join('; '))
          // The broker is asked meanwhile: nobody waits for both.
          const asked = unread(name)
          const [facts, migration] = [await queues(name), await database.ask(lastMigration(name))]
          const eventsUnread = await asked
          return {
            ...facts,
            ...(eventsUnread === undefined ? {} : { eventsUnread }),
            lastMigration: migration,
          }
        },
      }))
      const [problems, looked] = await Promise.all([problemsOf(names), runChecks(checks, withinMs)])
      return { ready: problems.length === 0, problems, checks: looked }
    },
  })
  return {
    ...healthOf(domains),
    ofDomain: (domain) => healthOf([domain]),
    queues,
    unread,
    async close() {
      eventLoop.close()
      await database.close()
    },
  }
}

function queuesOf(database: DatabaseHealth, { definition: { domain, mail }, runtime }: SubgraphRuntime) {
  const { name, schema } = mail ? getTableConfig(mail) : {}
  return database.ask((sql) => countQueues(sql, domain, name && `${schema}.${name}`, runtime.clock.now()))
}
