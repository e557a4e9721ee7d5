import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import postgres from 'postgres'
import { embeddedName, openCluster, ownerOf } from './cluster.ts'
import { FolderLocked, lockFolder } from './folder-lock.ts'
import { endLeftoverServer } from './leftover-server.ts'
import { nativeBinaries } from './native-binaries.ts'
import { startServer } from './server.ts'
import { fileProblem, StartProblem } from './start-problem.ts'
import { isReachable, type UnprivilegedUser, unprivilegedUser } from './unprivileged-user.ts'

export interface PostgresOptions {
  /** Holds the data, the password and the log (see `chooseDataFolder`); ignored when ephemeral. */
  dataFolder: string
  /** Absent: any free port of 127.0.0.1. */
  port?: number
  /** For tests: fast, without a password, in a folder of the system's that is removed by `stop`. */
  ephemeral?: boolean
  /** Receives one line per step that takes time. */
  log?: (line: string) => void
}

export interface RunningPostgres {
  /** Connection URL of the superuser, password included. */
  url: string
  port: number
  pid: number
  /** Ends the server; may be called more than once. It also ends when this process dies in any way. */
  stop(): Promise<void>
}

/**
 * Starts the PostgreSQL server that npm installed, creating its data on the first start. Works as root, too: the server
 * then runs as an unprivileged user.
 *
 * @throws {@link StartProblem} with a message for people: folder not writable, folder in use, port taken.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  return options.ephemeral ? startEphemeral(options) : startDurable(options)
}

async function startDurable({ dataFolder, port, log = () => {} }: PostgresOptions): Promise<RunningPostgres> {
  const folder = prepareFolder(resolve(dataFolder))
  const unlock = lock(folder)
  try {
    const user = unprivilegedUser(ownerOf(folder))
    if (user) openFor(user, folder)
    const program = nativeBinaries(user)
    const cluster = await openCluster({ dataFolder: folder, program, user, ephemeral: false, log })
    await endLeftoverServer(cluster.data)
    trimLog(cluster.log)
    log('starting PostgreSQL')
    const server = await startServer({ cluster, program, user, port, ephemeral: false })
    const url = (database: string) =>
      `postgres://${embeddedName}:${cluster.password}@127.0.0.1:${server.port}/${database}`
    const stop = () => server.stop().finally(unlock)
    try {
      await ensureDatabase(url('postgres'))
    } catch (error) {
      await stop()
      throw error
    }
    return { ...server, url: url(embeddedName), stop }
  } catch (error) {
    unlock()
    throw asStartProblem(error, folder)
  }
}

async function startEphemeral({ port, log = () => {} }: PostgresOptions): Promise<RunningPostgres> {
  const user = unprivilegedUser()
  const folder = temporaryFolder(user)
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const program = nativeBinaries(user)
    const cluster = await openCluster({ dataFolder: folder, program, user, ephemeral: true, log })
    const server = await startServer({ cluster, program, user, port, ephemeral: true })
    return {
      ...server,
      url: `postgres://${embeddedName}@127.0.0.1:${server.port}/postgres`,
      stop: () => server.stop().finally(remove),
    }
  } catch (error) {
    remove()
    throw asStartProblem(error, folder)
  }
}

function prepareFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 })
    return realpathSync(folder)
  } catch (error) {
    throw unusable(folder, fileProblem(error) ?? (error as Error).message, error)
  }
}

/** The server's user must be able to enter the folder: a closed temporary folder (TMPDIR) gives way to an open one. */
function temporaryFolder(user: UnprivilegedUser | undefined): string {
  const parent =
    [tmpdir(), '/tmp', '/var/tmp'].find((candidate) => !user || isReachable(candidate, user)) ?? tmpdir()
  const folder = mkdtempSync(join(realpathSync(parent), 'guildhall-test-'))
  // The server's user may then also remove it, which the watchdog does when we die.
  if (user) chownSync(folder, user.uid, user.gid)
  return folder
}

function lock(folder: string): () => void {
  try {
    return lockFolder(folder)
  } catch (error) {
    if (!(error instanceof FolderLocked)) throw asStartProblem(error, folder)
    throw new StartProblem(
      `Guildhall already runs on the data in ${folder} (process ${error.pid}): stop it, or choose another folder with GUILDHALL_DATA.`,
    )
  }
}

/** Lets the server's user pass through the data folder (what lies in it stays closed), if the way to it is open. */
function openFor(user: UnprivilegedUser, folder: string): void {
  const { mode, uid } = statSync(folder)
  if (uid !== user.uid && (mode & 0o001) === 0) chmodSync(folder, mode | 0o001)
  if (isReachable(folder, user)) return
  throw new StartProblem(
    `PostgreSQL does not run as root, and the user "${user.name}" cannot enter ${folder}: choose a folder that is open to all with GUILDHALL_DATA.`,
  )
}

/** The log is for the last starts, not a record. */
function trimLog(path: string): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 10_000_000) truncateSync(path)
}

async function ensureDatabase(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const found = await sql`select 1 from pg_database where datname = ${embeddedName}`
    if (found.length === 0) await sql`create database ${sql(embeddedName)}`
  } finally {
    await sql.end({ timeout: 1 })
  }
}

function asStartProblem(error: unknown, folder: string): unknown {
  const reason = fileProblem(error)
  return reason === undefined ? error : unusable(folder, reason, error)
}

function unusable(folder: string, reason: string, cause: unknown): StartProblem {
  return new StartProblem(
    `The data folder ${folder} cannot be used: ${reason}. Choose another one with GUILDHALL_DATA.`,
    cause,
  )
}
