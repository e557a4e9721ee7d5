import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { commandOf, gone, isAlive } from './process-facts.ts'
import { StartProblem } from './start-problem.ts'

/**
 * Ends a server that outlived the process which started it, and clears away the pid file of one that did not: its
 * process id may belong to somebody else by now, and PostgreSQL would refuse to start.
 *
 * Call it while holding the lock of the data folder, so that the server cannot be a living process's own.
 */
export async function endLeftoverServer(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  if (process.platform === 'win32' || !existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  if (!(pid > 1)) return
  const command = isAlive(pid) ? commandOf(pid) : undefined
  if (!command?.includes(data)) return rmSync(file, { force: true })
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    signalProcess(pid, signal)
    if (await gone(pid, 10_000)) return
  }
  throw new StartProblem(`A PostgreSQL server (process ${pid}) still runs on ${data} and cannot be stopped.`)
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself, or is not ours to end: the wait that follows tells.
  }
}
