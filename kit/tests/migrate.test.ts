import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { MigrationRefused, migrateAll, pendingMigrations } from '../migrate.ts'
import { StartProblem } from '../postgres/start-problem.ts'
import { cloneDatabase, dropDatabase } from '../postgres/test-cluster.ts'

const root = mkdtempSync(join(tmpdir(), 'guildhall-migrations-'))
const opened: { url: string; sql: postgres.Sql }[] = []
let folder: string
let url: string
let sql: postgres.Sql

beforeEach(async () => {
  folder = mkdtempSync(join(root, 'drizzle-'))
  url = await cloneDatabase(inject('guildhallTemplate'), 'template0')
  sql = postgres(url, { max: 2, onnotice: () => {} })
  opened.push({ url, sql })
})

afterAll(async () => {
  for (const database of opened) {
    await database.sql.end({ timeout: 1 })
    await dropDatabase(database.url)
  }
  rmSync(root, { recursive: true, force: true })
})

const migrate = () => migrateAll({ url, folder })
const zoo = {
  '0000_init': 'CREATE SCHEMA "zoo";\n--> statement-breakpoint\nCREATE TABLE zoo.animal (legs int NOT NULL);',
  '0001_cat': 'INSERT INTO zoo.animal VALUES (4);',
}

describe('migrateAll', () => {
  it('applies what is pending in order, once, and says what it did', async () => {
    write('zoo', zoo)
    write('farm', { '0000_init': 'CREATE SCHEMA "farm"' })
    expect(await pendingMigrations({ url, folder })).toEqual([
      'farm/0000_init',
      'zoo/0000_init',
      'zoo/0001_cat',
    ])
    expect(await migrate()).toEqual([
      { domain: 'farm', applied: ['0000_init'] },
      { domain: 'zoo', applied: ['0000_init', '0001_cat'] },
    ])
    expect(await migrate()).toEqual([
      { domain: 'farm', applied: [] },
      { domain: 'zoo', applied: [] },
    ])
    expect(await pendingMigrations({ url, folder })).toEqual([])
    expect(await sql`select legs from zoo.animal`).toEqual([{ legs: 4 }])
    expect(await sql`select name, length(hash) as length from drizzle.zoo order by name`).toEqual([
      { name: '0000_init', length: 64 },
      { name: '0001_cat', length: 64 },
    ])
  })

  it('takes only the domains it is asked for', async () => {
    write('zoo', zoo)
    write('farm', { '0000_init': 'CREATE SCHEMA "farm"' })
    expect(await migrateAll({ url, folder, domains: ['farm'] })).toEqual([
      { domain: 'farm', applied: ['0000_init'] },
    ])
    await expect(migrateAll({ url, folder, domains: ['moon'] })).rejects.toThrow(
      'Domain moon has no migrations',
    )
  })

  it.each([2, 10])(
    'lets %i rivals apply each migration exactly once, data migrations too',
    async (rivals) => {
      write('zoo', {
        ...zoo,
        '0002_slow': 'SELECT pg_sleep(0.2)',
        '0003_more_legs': 'UPDATE zoo.animal SET legs = legs + 1',
      })
      const runs = await Promise.all(Array.from({ length: rivals }, migrate))
      expect(runs.flatMap((run) => run.flatMap(({ applied }) => applied))).toEqual([
        '0000_init',
        '0001_cat',
        '0002_slow',
        '0003_more_legs',
      ])
      expect(await sql`select legs from zoo.animal`).toEqual([{ legs: 5 }])
    },
  )

  it('rolls a migration back when its process is killed, and completes on the next run', async () => {
    write('zoo', {
      ...zoo,
      '0002_half':
        'INSERT INTO zoo.animal VALUES (8);--> statement-breakpoint\nSELECT pg_sleep(legs * 15) FROM zoo.animal WHERE legs = 4',
    })
    const child = spawn(process.execPath, ['--input-type=module', '-e', childScript], {
      env: { ...process.env, URL_: url, FOLDER: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const reached = () =>
      sql`select 1 from pg_stat_activity where query like '%pg_sleep(legs%' and pid <> pg_backend_pid()`
    while ((await reached()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await sql`select legs from zoo.animal`).toEqual([{ legs: 4 }])
    expect(await pendingMigrations({ url, folder })).toEqual(['zoo/0002_half'])
    await sql`update zoo.animal set legs = 2`
    expect(await migrate()).toEqual([{ domain: 'zoo', applied: ['0002_half'] }])
    expect(await sql`select legs from zoo.animal order by legs`).toEqual([{ legs: 2 }, { legs: 8 }])
  })

  it('keeps the earlier migrations and nothing of the one that fails', async () => {
    write('zoo', {
      ...zoo,
      '0002_bad': 'INSERT INTO zoo.animal VALUES (6);--> statement-breakpoint\nSELECT nonsense',
    })
    await expect(migrate()).rejects.toThrow('Migration zoo/0002_bad failed: column "nonsense" does not exist')
    expect(await sql`select legs from zoo.animal`).toEqual([{ legs: 4 }])
    expect(await pendingMigrations({ url, folder })).toEqual(['zoo/0002_bad'])
  })

  it('survives the loss of its connection with an error, and loses nothing', async () => {
    write('zoo', { ...zoo, '0002_cut': 'SELECT pg_terminate_backend(pg_backend_pid())' })
    await expect(migrate()).rejects.toThrow(
      /^Migration zoo\/0002_cut failed: (terminating connection|write CONNECTION_CLOSED)/,
    )
    write('zoo', zoo)
    expect(await migrate()).toEqual([{ domain: 'zoo', applied: [] }])
  })

  it('gives way to live traffic that holds a table for a moment', async () => {
    write('zoo', zoo)
    await migrate()
    write('zoo', { ...zoo, '0002_wide': 'ALTER TABLE zoo.animal ADD COLUMN name text' })
    const [applied] = await Promise.all([
      new Promise((resolve) => setTimeout(resolve, 200)).then(migrate),
      sql.begin(async (tx) => {
        await tx`lock table zoo.animal in access share mode`
        await tx`select pg_sleep(3.4)`
      }),
    ])
    expect(applied).toEqual([{ domain: 'zoo', applied: ['0002_wide'] }])
  })
})

describe('migrateAll refuses', () => {
  beforeEach(async () => {
    write('zoo', zoo)
    await migrate()
    // Sorts before `zoo`: it must not be applied either when zoo is refused.
    write('farm', { '0000_init': 'CREATE SCHEMA "farm"' })
  })

  const refusal = async () => {
    const error = await migrate().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StartProblem)
    expect(await sql`select 1 from pg_namespace where nspname = 'farm'`).toHaveLength(0)
    return (error as Error).message
  }

  it('an edited migration', async () => {
    write('zoo', { ...zoo, '0001_cat': 'INSERT INTO zoo.animal VALUES (3);' })
    expect(await refusal()).toMatch(/^Migration zoo\/0001_cat was edited after it was applied/)
  })

  it('but not other line ends', async () => {
    write('zoo', { ...zoo, '0000_init': zoo['0000_init'].replaceAll('\n', '\r\n') })
    expect(await migrate()).toContainEqual({ domain: 'zoo', applied: [] })
  })

  it('a database that is ahead of the code', async () => {
    write('zoo', { '0000_init': zoo['0000_init'] })
    expect(await refusal()).toMatch(/^The database holds migration zoo\/0001_cat, which is missing here/)
  })

  it('a migration that comes before an applied one', async () => {
    write('zoo', { '0000_init': zoo['0000_init'], '0001_bat': 'SELECT 1', '0002_cat': 'SELECT 2' })
    await sql`update drizzle.zoo set name = '0002_cat', hash = encode(sha256('SELECT 2'), 'hex') where name = '0001_cat'`
    expect(await refusal()).toMatch(
      /^Migration zoo\/0001_bat comes before zoo\/0002_cat, which is already applied/,
    )
  })

  it('a journal and files that disagree', async () => {
    writeFileSync(join(folder, 'zoo', '0002_stray.sql'), 'SELECT 1')
    expect(await refusal()).toBe('Migration zoo/0002_stray.sql is not in zoo/meta/_journal.json.')
    rmSync(join(folder, 'zoo', '0002_stray.sql'))
    rmSync(join(folder, 'zoo', '0001_cat.sql'))
    expect(await refusal()).toBe('Migration zoo/0001_cat is in the journal, but its file is missing.')
  })

  it('a sequence with a number twice, as two branches make it', async () => {
    write('zoo', { ...zoo, '0001_dog': 'SELECT 1' })
    expect(await refusal()).toBe('Migration zoo/0001_dog is out of sequence: number 2 was expected.')
  })

  it('a database that cannot be reached, without telling the password', async () => {
    const away = migrateAll({ url: 'postgres://me:secret@127.0.0.1:1/zoo', folder })
    await expect(away).rejects.toThrow(
      new StartProblem(
        'The database at 127.0.0.1:1/zoo cannot be used: nothing listens there. Check DATABASE_URL.',
      ),
    )
    await expect(migrateAll({ url: 'mysql://x', folder })).rejects.toThrow('DATABASE_URL is not a URL')
    expect(new MigrationRefused('x')).toBeInstanceOf(StartProblem)
  })
})

const childScript = `
  import { migrateAll } from ${JSON.stringify(new URL('../migrate.ts', import.meta.url).href)}
  await migrateAll({ url: process.env.URL_, folder: process.env.FOLDER })
`

/** Writes a domain's migrations the way drizzle-kit does, in place of what was there. */
function write(domain: string, migrations: Record<string, string>): void {
  const target = join(folder, domain)
  rmSync(target, { recursive: true, force: true })
  mkdirSync(join(target, 'meta'), { recursive: true })
  for (const [name, text] of Object.entries(migrations)) writeFileSync(join(target, `${name}.sql`), text)
  const entries = Object.keys(migrations).map((tag, idx) => ({
    idx,
    tag,
    version: '7',
    when: idx,
    breakpoints: true,
  }))
  writeFileSync(
    join(target, 'meta', '_journal.json'),
    JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
  )
}
