import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, afterEach, expect } from 'vitest'
import { type PostgresOptions, type RunningPostgres, startPostgres } from '../../postgres/start-postgres.ts'
import { StartProblem } from '../../postgres/start-problem.ts'

/** Where a test file keeps its data folders. */
export const root = realpathSync(mkdtempSync(join(tmpdir(), 'guildhall-postgres-')))
// As root, the server's user must get this far; `newFolder` itself stays closed, as mktemp makes it.
chmodSync(root, 0o755)
const running: RunningPostgres[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

export const newFolder = (): string => mkdtempSync(join(root, 'data-'))

/** Starts a server that is stopped after the test. */
export async function start(options: PostgresOptions): Promise<RunningPostgres> {
  const server = await startPostgres(options)
  running.push(server)
  return server
}

/** The one line that a start fails with. */
export async function problemOf(options: PostgresOptions): Promise<string> {
  const error = await start(options).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(StartProblem)
  expect((error as Error).message).not.toContain('\n')
  return (error as Error).message
}

export async function query(
  url: string,
  work: (sql: postgres.Sql) => Promise<postgres.RowList<postgres.Row[]>>,
) {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return [...(await work(sql))]
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** A process that starts a server, writes a row and then waits to be killed. */
export async function startInChild(dataFolder: string, as?: { uid: number; gid: number }) {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--input-type=module', '-e', childScript, dataFolder],
    {
      ...(as ? { uid: as.uid, gid: as.gid } : {}),
      cwd: join(import.meta.dirname, '..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const [said] = (await once(child.stdout ?? child, 'data')) as [Buffer]
  const { pid, problem } = JSON.parse(said.toString()) as { pid?: number; problem?: string }
  if (pid === undefined) throw new Error(problem)
  return { child, pid }
}

const module = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
const childScript = `
  import postgres from 'postgres'
  import { startPostgres } from ${module('../../postgres/start-postgres.ts')}
  try {
    const server = await startPostgres({ dataFolder: process.argv[1] })
    const sql = postgres(server.url, { max: 1 })
    await sql\`create table kept as select 42 as answer\`
    setInterval(() => {}, 1000)
    console.log(JSON.stringify({ pid: server.pid }))
  } catch (error) {
    console.log(JSON.stringify({ problem: error.message }))
  }
`
