import postgres from 'postgres'
import { type Migration, readMigrations } from './migrations.ts'
import { databaseProblem, refuseMalformedUrl } from './postgres/check-database.ts'
import { StartProblem } from './postgres/start-problem.ts'

/** A migration that must not or cannot be applied; the message names it and says why. */
export class MigrationRefused extends StartProblem {
  override name = 'MigrationRefused'
}

export interface MigrateOptions {
  /** Must reach the server itself, not a transaction pooler: the lock belongs to a session. */
  url: string
  /** The folder with one sub-folder of migrations per domain. */
  folder: string
  /** Default: every domain that has a folder. */
  domains?: readonly string[]
  log?: (line: string) => void
}

export interface MigratedDomain {
  domain: string
  /** Names of the migrations that this run applied, in order. */
  applied: string[]
}

/**
 * Applies every pending migration, each in a transaction of its own together with its journal row. Any number of
 * migrators may run at once: an advisory lock lets one work, the others then find nothing to do.
 *
 * Drizzle's own migrator takes no lock and compares only timestamps: it applies data migrations twice under rivals and
 * passes over edited or late ones in silence.
 *
 * @throws {@link MigrationRefused} before anything is applied when a migration was edited, is missing or comes too late.
 */
export async function migrateAll(options: MigrateOptions): Promise<MigratedDomain[]> {
  return withSession(options.url, async (sql) => {
    await takeLock(sql, options.log ?? (() => {}))
    await sql`create schema if not exists drizzle`
    const plans: { domain: string; pending: Migration[] }[] = []
    for (const [domain, migrations] of readMigrations(options.folder, options.domains)) {
      await createJournal(sql, domain)
      plans.push({ domain, pending: pendingOf(domain, migrations, await readJournal(sql, domain)) })
    }
    for (const { domain, pending } of plans) {
      for (const migration of pending) {
        await apply(sql, domain, migration)
        options.log?.(`migrated ${domain}/${migration.name}`)
      }
    }
    return plans.map(({ domain, pending }) => ({ domain, applied: pending.map(({ name }) => name) }))
  })
}

/** What {@link migrateAll} would apply, as `domain/name`; changes nothing. A process is ready when this is empty. */
export async function pendingMigrations({ url, folder, domains }: MigrateOptions): Promise<string[]> {
  return withSession(url, async (sql) => {
    const pending: string[] = []
    for (const [domain, migrations] of readMigrations(folder, domains)) {
      const [table] = await sql`select to_regclass(${`drizzle.${domain}`}) is not null as exists`
      const applied = table?.exists ? await readJournal(sql, domain) : []
      pending.push(...pendingOf(domain, migrations, applied).map(({ name }) => `${domain}/${name}`))
    }
    return pending
  })
}

interface AppliedMigration {
  name: string
  hash: string
}

function pendingOf(domain: string, migrations: Migration[], applied: AppliedMigration[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]))
  for (const { name, hash } of applied) {
    const migration = known.get(name)
    if (!migration) {
      throw new MigrationRefused(
        `The database holds migration ${domain}/${name}, which is missing here: is this an older version of the code?`,
      )
    }
    if (migration.hash !== hash) {
      throw new MigrationRefused(
        `Migration ${domain}/${name} was edited after it was applied: restore it and write a new migration instead.`,
      )
    }
  }
  const done = new Set(applied.map(({ name }) => name))
  const pending = migrations.filter(({ name }) => !done.has(name))
  const [first] = pending
  const last = migrations.findLast(({ name }) => done.has(name))
  if (first && last && migrations.indexOf(first) < migrations.indexOf(last)) {
    throw new MigrationRefused(
      `Migration ${domain}/${first.name} comes before ${domain}/${last.name}, which is already applied: generate it anew so that it comes last.`,
    )
  }
  return pending
}

async function apply(sql: postgres.ReservedSql, domain: string, migration: Migration): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await applyOnce(sql, domain, migration)
    } catch (error) {
      const { code, message } = error as { code?: string; message?: string }
      // No rollback: the caller closes the connection, which does the same and also works when it is already lost.
      if (code !== '55P03' || attempt === 5) {
        throw new MigrationRefused(`Migration ${domain}/${migration.name} failed: ${message}`, error)
      }
      // Live traffic holds a lock on the table: waiting longer would queue everybody else behind us.
      await sql`rollback`
      await new Promise((resolve) => setTimeout(resolve, attempt * 500))
    }
  }
}

async function applyOnce(sql: postgres.ReservedSql, domain: string, migration: Migration): Promise<void> {
  await sql`begin`
  await sql`set local lock_timeout = '3s'`
  // First the journal row: its primary key would stop a second migrator even if the lock were lost.
  await sql`insert into drizzle.${sql(domain)} ${sql({ name: migration.name, hash: migration.hash })}`
  for (const statement of migration.statements) await sql.unsafe(statement)
  await sql`commit`
}

/** One connection from beginning to end: the advisory lock and the transactions are its own. */
async function withSession<Result>(
  url: string,
  work: (sql: postgres.ReservedSql) => Promise<Result>,
): Promise<Result> {
  refuseMalformedUrl(url)
  const pool = postgres(url, {
    max: 1,
    connect_timeout: 5,
    max_lifetime: null,
    prepare: false,
    onnotice: () => {},
    connection: { application_name: 'guildhall-migrate', statement_timeout: 0 },
  })
  try {
    const sql = await pool.reserve()
    try {
      // A migrator that was killed must not leave its statement running, with our lock, to the end. Not every server can.
      await sql`set client_connection_check_interval = '1s'`.catch(() => {})
      return await work(sql)
    } finally {
      sql.release()
    }
  } catch (error) {
    throw databaseProblem(error, url)
  } finally {
    // Closing the connection releases the lock.
    await pool.end({ timeout: 1 })
  }
}

async function takeLock(sql: postgres.ReservedSql, log: (line: string) => void): Promise<void> {
  const [row] = await sql`select pg_try_advisory_lock(hashtextextended('guildhall-migrate', 0)) as taken`
  if (row?.taken) return
  log('another migrator is at work, waiting for it')
  try {
    await sql`set lock_timeout = '120s'`
    await sql`select pg_advisory_lock(hashtextextended('guildhall-migrate', 0))`
  } catch (error) {
    if ((error as { code?: string }).code !== '55P03') throw error
    throw new MigrationRefused(
      'Another migrator has been at work for two minutes; try again when it is done.',
      error,
    )
  }
}

async function createJournal(sql: postgres.ReservedSql, domain: string): Promise<void> {
  await sql`
    create table if not exists drizzle.${sql(domain)} (
      name text primary key,
      hash text not null,
      applied_at timestamptz not null default now()
    )`
}

async function readJournal(sql: postgres.ReservedSql, domain: string): Promise<AppliedMigration[]> {
  return await sql<AppliedMigration[]>`select name, hash from drizzle.${sql(domain)}`
}
