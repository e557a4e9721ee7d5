import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Whether a process with this id runs, also when it is another user's. One that only waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return linuxStat(pid)?.[0] !== 'Z'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * When the process started, in the system's own words: with the id it names one process for good, because ids are
 * given out again. Undefined when there is no such process or the system does not tell.
 */
export function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return ps(pid, 'lstart=')
  return linuxStat(pid)?.[19]
}

/** The command line of a process; undefined when it is gone or the system does not tell. */
export function commandOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return ps(pid, 'command=')
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || undefined
  } catch {
    return undefined
  }
}

/** The process that started a process; undefined when the system does not tell. */
export function parentOf(pid: number): number | undefined {
  const parent = process.platform === 'linux' ? linuxStat(pid)?.[1] : ps(pid, 'ppid=')
  return parent === undefined ? undefined : Number(parent)
}

/** Resolves with true once the process is gone, with false when it is still there after `timeoutMs`. */
export async function gone(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (isAlive(pid)) {
    if (performance.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return true
}

function ps(pid: number, column: string): string | undefined {
  if (process.platform === 'win32') return undefined
  return spawnSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() || undefined
}

/** The fields after the name, which stands in parentheses and may hold spaces: state first, start time 20th. */
function linuxStat(pid: number): string[] | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')
  } catch {
    return undefined
  }
}
