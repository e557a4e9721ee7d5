import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, startOf } from './process-facts.ts'

interface Holder {
  pid: number
  /** See {@link startOf}: tells the holder from a later process with the same id. */
  start: string | undefined
}

/** Thrown by {@link lockFolder} when a living process holds the folder. */
export class FolderLocked extends Error {
  readonly pid: number
  constructor(pid: number) {
    super(`locked by process ${pid}`)
    this.pid = pid
  }
}

/**
 * Takes a folder for this process. The lock of a process that died without releasing it is taken over.
 *
 * @returns releases the lock.
 */
export function lockFolder(folder: string): () => void {
  const lock = join(folder, 'lock')
  const mine = JSON.stringify({ pid: process.pid, start: startOf(process.pid) } satisfies Holder)
  // Written aside and linked into place: nobody ever reads half a lock.
  const draft = `${lock}.${process.pid}`
  writeFileSync(draft, mine)
  try {
    for (;;) {
      if (tryLink(draft, lock)) return () => release(lock, mine)
      const found = read(lock)
      if (found === undefined) continue
      const holder = JSON.parse(found) as Holder
      if (isHeld(holder)) throw new FolderLocked(holder.pid)
      removeStale(lock, found)
    }
  } finally {
    rmSync(draft, { force: true })
  }
}

function isHeld({ pid, start }: Holder): boolean {
  return isAlive(pid) && (start === undefined || startOf(pid) === start)
}

/** Two rivals may both find the same dead lock: moving it aside first keeps the slower from deleting the winner's. */
function removeStale(lock: string, found: string): void {
  const aside = `${lock}.stale.${process.pid}`
  try {
    renameSync(lock, aside)
  } catch {
    return
  }
  if (read(aside) !== found) tryLink(aside, lock)
  rmSync(aside, { force: true })
}

function release(lock: string, mine: string): void {
  if (read(lock) === mine) rmSync(lock, { force: true })
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
