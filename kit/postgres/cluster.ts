import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { StartProblem } from './start-problem.ts'
import type { UnprivilegedUser } from './unprivileged-user.ts'

/** The superuser and the database of the embedded server. */
export const embeddedName = 'guildhall'

const majorVersion = '18'

/** The files of one embedded server, all inside its data folder. */
export interface Cluster {
  /** PGDATA, owned by the user that runs the server. */
  data: string
  log: string
  password: string
}

/** Names the files of the server that lives in `dataFolder`. */
export const clusterFiles = (dataFolder: string): { data: string; log: string; password: string } => ({
  data: join(dataFolder, 'postgres'),
  log: join(dataFolder, 'postgres.log'),
  password: join(dataFolder, 'postgres.password'),
})

/** The uid that owns existing data; undefined when there is none yet. */
export const ownerOf = (dataFolder: string): number | undefined =>
  statSync(clusterFiles(dataFolder).data, { throwIfNoEntry: false })?.uid

export interface ClusterOptions {
  dataFolder: string
  program: (name: string) => string
  user: UnprivilegedUser | undefined
  /** For tests: no password, no syncing to disk. */
  ephemeral: boolean
  log: (line: string) => void
}

/** Opens the cluster in a data folder, creating it on the first start. */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const files = clusterFiles(options.dataFolder)
  if (existsSync(files.data)) refuseOtherVersion(options.dataFolder, files.data)
  else await createCluster(options, files)
  return { data: files.data, log: files.log, password: options.ephemeral ? '' : readPassword(files.password) }
}

async function createCluster(options: ClusterOptions, files: ReturnType<typeof clusterFiles>): Promise<void> {
  options.log('creating the database cluster')
  // Built aside and renamed when complete: a start that is cut off leaves nothing that looks like data.
  const draft = `${files.data}.new`
  const secret = `${draft}.password`
  rmSync(draft, { recursive: true, force: true })
  rmSync(secret, { force: true })
  mkdirSync(draft, { mode: 0o700 })
  chmodSync(draft, 0o700)
  const password = randomBytes(24).toString('base64url')
  writeFileSync(secret, password, { mode: 0o600 })
  if (options.user) for (const path of [draft, secret]) chownSync(path, options.user.uid, options.user.gid)
  try {
    await initdb(options, draft, secret)
  } finally {
    rmSync(secret, { force: true })
  }
  writeFileSync(files.password, password, { mode: 0o600 })
  chmodSync(files.password, 0o600)
  renameSync(draft, files.data)
}

/** The builtin locale provider sorts and folds case the same way on every system. */
async function initdb(
  { program, user, ephemeral }: ClusterOptions,
  data: string,
  secret: string,
): Promise<void> {
  const args = ['-D', data, '-U', embeddedName, '-E', 'UTF8', '--no-instructions']
  args.push('--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8')
  args.push(...(ephemeral ? ['--auth=trust', '--no-sync'] : ['--auth=scram-sha-256', `--pwfile=${secret}`]))
  try {
    await promisify(execFile)(program('initdb'), args, { ...identity(user), cwd: data })
  } catch (cause) {
    const said = String((cause as { stderr?: string }).stderr ?? '').trim()
    const reason = said.split('\n').find((line) => line.includes('error:')) ?? said ?? String(cause)
    throw new StartProblem(
      `The database cluster could not be created: ${reason.replace(/^initdb: error: /, '')}`,
      cause,
    )
  }
}

/** The user to run a PostgreSQL program as, and an environment that cannot bend it. */
export function identity(user: UnprivilegedUser | undefined): {
  uid?: number
  gid?: number
  env?: NodeJS.ProcessEnv
} {
  if (process.platform === 'win32') return {}
  return { ...(user ? { uid: user.uid, gid: user.gid } : {}), env: { LC_ALL: 'C', TZ: 'UTC' } }
}

function refuseOtherVersion(dataFolder: string, data: string): void {
  const found = versionOf(data)
  if (found === majorVersion) return
  if (found === undefined) {
    throw new StartProblem(
      `${data} holds no PostgreSQL data: remove it or choose another folder with GUILDHALL_DATA.`,
    )
  }
  throw new StartProblem(
    `The data in ${dataFolder} was written by PostgreSQL ${found}, this is ${majorVersion}: dump it with the old version or choose another folder with GUILDHALL_DATA.`,
  )
}

function versionOf(data: string): string | undefined {
  try {
    return readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function readPassword(file: string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  throw new StartProblem(
    `The password file ${file} is missing: restore it, or remove the folder to start afresh.`,
  )
}
