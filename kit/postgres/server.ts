import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Cluster, identity } from './cluster.ts'
import { freePort, isPortFree } from './free-port.ts'
import { StartProblem } from './start-problem.ts'
import type { UnprivilegedUser } from './unprivileged-user.ts'
import { watchParent } from './watchdog.ts'

export interface ServerOptions {
  cluster: Cluster
  program: (name: string) => string
  user: UnprivilegedUser | undefined
  /** Absent: any free port. */
  port?: number | undefined
  ephemeral: boolean
}

/** A server process that accepts connections. */
export interface ServerProcess {
  port: number
  pid: number
  stop(): Promise<void>
}

/** Starts the server and waits until it accepts connections. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  if (options.port && !(await isPortFree(options.port))) {
    throw new StartProblem(`Port ${options.port} for PostgreSQL is taken.`)
  }
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort())
    const server = await launch(options, port)
    if (server) return server
    // Somebody took the free port between our look and the server's: look again.
    if (options.port || attempt === 3) throw new StartProblem(`Port ${port} for PostgreSQL is taken.`)
  }
}

async function launch(options: ServerOptions, port: number): Promise<ServerProcess | undefined> {
  const { cluster, ephemeral } = options
  const logStart = statSync(cluster.log, { throwIfNoEntry: false })?.size ?? 0
  const child = spawnServer(options, port)
  const exited = new Promise<void>((resolve) =>
    child.once('exit', () => resolve()).once('error', () => resolve()),
  )
  const dismiss = watchParent(child, options.user, ephemeral ? dirname(cluster.data) : undefined)
  const ready = await Promise.race([accepts(cluster.data, child), exited.then(() => false)])
  if (ready) {
    child.unref()
    return { port, pid: child.pid ?? 0, stop: stopper(child, exited, dismiss, ephemeral) }
  }
  await stopper(child, exited, dismiss, true)()
  const said = readFileSync(cluster.log).subarray(logStart).toString()
  if (said.includes('could not bind')) return undefined
  const reason = said.split('\n').find((line) => line.includes('FATAL:'))
  throw new StartProblem(
    `PostgreSQL did not start: ${reason?.replace(/^.*FATAL: +/, '') ?? 'no answer'} (see ${cluster.log}).`,
  )
}

function spawnServer({ cluster, program, user, ephemeral }: ServerOptions, port: number): ChildProcess {
  const settings: Record<string, string> = {
    port: String(port),
    ...fixedSettings,
    ...(ephemeral ? unsafeSettings : {}),
  }
  const log = openSync(cluster.log, 'a', 0o600)
  try {
    return spawn(
      program('postgres'),
      [
        '-D',
        cluster.data,
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      {
        ...identity(user),
        cwd: cluster.data,
        stdio: ['ignore', 'ignore', log],
        // A process group of its own: Ctrl-C in the terminal reaches us, and we stop the server after our own requests.
        detached: true,
      },
    )
  } finally {
    closeSync(log)
  }
}

const fixedSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  shared_preload_libraries: 'pg_stat_statements',
  // Rows and statements hold personal data: they stay out of the log.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
}

/** For tests: nothing survives a crash, and nothing waits for the disk. */
const unsafeSettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum: 'off',
}

/** The server writes its state into postmaster.pid, which is also what pg_ctl waits for: eighth line, `ready`. */
async function accepts(data: string, child: ChildProcess): Promise<boolean> {
  const deadline = performance.now() + 60_000
  while (performance.now() < deadline) {
    const lines = readLines(join(data, 'postmaster.pid'))
    if (lines[0] === String(child.pid) && lines[7]?.trim() === 'ready') return true
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return false
}

function stopper(
  child: ChildProcess,
  exited: Promise<void>,
  dismiss: () => void,
  atOnce: boolean,
): () => Promise<void> {
  let stopping: Promise<void> | undefined
  const stop = async () => {
    child.ref()
    const force = setTimeout(() => child.kill('SIGQUIT'), 10_000)
    // SIGINT ends the open sessions and writes a checkpoint; SIGQUIT just ends.
    if (child.exitCode === null) child.kill(atOnce ? 'SIGQUIT' : 'SIGINT')
    await exited
    clearTimeout(force)
    dismiss()
  }
  return () => (stopping ??= stop())
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch {
    return []
  }
}
