import postgres from 'postgres'
import { readMigrations } from '../migrations.ts'
import { within } from './checks.ts'

const pingMs = 1_000

/** Whether the database can be worked with, asked on a connection of its own: a busy pool is not an absent database. */
export interface DatabaseHealth {
  /** What is wrong for a domain; empty when nothing is. */
  problems(domain: string): Promise<string[]>
  /** Asks with the connection for health, at most for a second. */
  ask<T>(question: (sql: postgres.Sql) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** @param migrations folder of all migrations; absent: whatever the database holds is as it should be. */
export function watchDatabase(url: string, migrations: string | undefined): DatabaseHealth {
  const expected = new Map(
    [...(migrations ? readMigrations(migrations) : [])].map(([domain, all]) => [
      domain,
      all.map(({ name }) => name),
    ]),
  )
  let sql: postgres.Sql | undefined
  const ask: DatabaseHealth['ask'] = async (question) => {
    sql ??= connect(url)
    const asked = sql
    try {
      return await within(pingMs, () => question(asked))
    } catch (error) {
      // What hangs would keep the next question waiting too.
      if (sql === asked) sql = undefined
      void asked.end({ timeout: 0 })
      throw error
    }
  }
  return {
    ask,
    async problems(domain) {
      try {
        const missing = await ask((own) => missingMigrations(own, expected, ['bus', domain]))
        return missing.length === 0 ? [] : [`migrations are not applied: ${missing.join(', ')}`]
      } catch {
        return ['the database does not answer']
      }
    },
    async close() {
      await sql?.end({ timeout: 1 })
    },
  }
}

/** Those that this version of the code counts on. Further ones belong to a newer version, which runs beside us. */
async function missingMigrations(
  sql: postgres.Sql,
  expected: ReadonlyMap<string, readonly string[]>,
  domains: readonly string[],
): Promise<string[]> {
  const missing: string[] = []
  for (const domain of domains) {
    const names = expected.get(domain)
    const applied = new Set(names ? await appliedMigrations(sql, domain) : [])
    missing.push(...(names ?? []).filter((name) => !applied.has(name)).map((name) => `${domain}/${name}`))
  }
  if (expected.size === 0) await sql`select 1`
  return missing
}

/** The newest that the database holds, and since when. */
export const lastMigration = (domain: string) => async (sql: postgres.Sql) => {
  const [last] = await sql<{ name: string; appliedAt: Date }[]>`
    select name, applied_at as "appliedAt" from drizzle.${sql(domain)} order by applied_at desc, name desc limit 1`
  return last ?? null
}

const undefinedTable = '42P01'

async function appliedMigrations(sql: postgres.Sql, domain: string): Promise<string[]> {
  try {
    return (await sql<{ name: string }[]>`select name from drizzle.${sql(domain)}`).map(({ name }) => name)
  } catch (error) {
    if (error instanceof postgres.PostgresError && error.code === undefinedTable) return []
    throw error
  }
}

const connect = (url: string): postgres.Sql =>
  postgres(url, {
    max: 1,
    connect_timeout: 1,
    idle_timeout: 30,
    onnotice: () => {},
    connection: { application_name: 'guildhall health', statement_timeout: pingMs },
  })
