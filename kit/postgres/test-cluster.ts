import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { migrateAll } from '../migrate.ts'
import { startPostgres } from './start-postgres.ts'

export interface TestCluster {
  /** URL of the migrated template; clone it, nobody can connect to it. */
  templateUrl: string
  /** Stops the server, or on somebody's own server removes the template and every clone. */
  stop(): Promise<void>
}

export interface TestClusterOptions {
  /** The folder with the migrations of all domains. */
  migrations: string
  /** A server of somebody's own whose user may create databases; absent: an embedded one for this run alone. */
  databaseUrl?: string | undefined
}

/** One server per test run, with one migrated database that tests copy instead of migrating. */
export async function startTestCluster({
  migrations,
  databaseUrl,
}: TestClusterOptions): Promise<TestCluster> {
  const server = databaseUrl ? undefined : await startPostgres({ dataFolder: '', ephemeral: true })
  const url = databaseUrl ?? server?.url ?? ''
  const prefix = `guildhall_test_${randomBytes(4).toString('hex')}`
  const template = `${prefix}_tpl`
  const stop = async () => (server ? server.stop() : dropDatabases(url, prefix))
  try {
    await administer(url, (sql) => sql`create database ${sql(template)}`)
    await migrateAll({ url: withDatabase(url, template), folder: migrations })
    await administer(
      url,
      (sql) => sql`alter database ${sql(template)} with is_template true allow_connections false`,
    )
  } catch (error) {
    await stop()
    throw error
  }
  return { templateUrl: withDatabase(url, template), stop }
}

/**
 * Copies a template database, in about a tenth of a second.
 *
 * @param url any URL of the server, such as the template's.
 * @param template name of the database to copy; default: the one that `url` names.
 * @returns URL of the copy.
 */
export async function cloneDatabase(url: string, template: string = databaseOf(url)): Promise<string> {
  const clone = `${template.replace(/_tpl$/, '')}_${randomBytes(6).toString('hex')}`
  await administer(url, (sql) => sql`create database ${sql(clone)} template ${sql(template)}`)
  return withDatabase(url, clone)
}

/** Removes a copy, whoever is still connected to it. */
export async function dropDatabase(url: string): Promise<void> {
  await administer(url, (sql) => sql`drop database if exists ${sql(databaseOf(url))} with (force)`)
}

async function dropDatabases(url: string, prefix: string): Promise<void> {
  await administer(url, async (sql) => {
    const found = await sql`select datname as name from pg_database where starts_with(datname, ${prefix})`
    for (const { name } of found) {
      await sql`alter database ${sql(name)} with is_template false`
      await sql`drop database if exists ${sql(name)} with (force)`
    }
  })
}

/** Databases are made and removed from `postgres`, which every server has: a template must be free of sessions. */
async function administer(url: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(withDatabase(url, 'postgres'), { max: 1, onnotice: () => {} })
  try {
    await work(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

const databaseOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1))

function withDatabase(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}
