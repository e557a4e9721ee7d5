import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

/** What a process has spent since it started. */
export interface Usage {
  cpuMicros: number
  rssBytes: number
  /** Operations that its own subgraphs answered. */
  fetches: number
}

/** What a process holds that is no garbage. */
export interface Kept {
  heapBytes: number
  /** Buffers and the like, outside of the heap. */
  externalBytes: number
}

/** A child process whose CPU time can be asked for. */
export interface MeasuredProcess {
  usage(): Promise<Usage>
  /** Collects all garbage, which stops it for some hundred milliseconds, and says what is left. */
  kept(): Promise<Kept>
  stop(): Promise<void>
}

export interface ProcessOptions {
  /** Where the script's path begins; default: the root of this checkout. */
  folder?: string
  arguments?: readonly string[]
}

const root = path.join(import.meta.dirname, '../..')
const reporter = pathToFileURL(path.join(import.meta.dirname, 'report-usage.ts')).href

/** Starts `script` and waits until `readyUrl` answers with success. */
export async function startMeasured(
  script: string,
  environment: Record<string, string>,
  readyUrl: string,
  options: ProcessOptions = {},
): Promise<MeasuredProcess> {
  const folder = options.folder ?? root
  const child = spawn(
    process.execPath,
    ['--import', reporter, path.join(folder, script), ...(options.arguments ?? [])],
    {
      cwd: folder,
      env: { ...process.env, APOLLO_TELEMETRY_DISABLED: 'true', ...environment },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  )
  try {
    await untilReady(child, script, readyUrl)
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
  return {
    async usage() {
      const answer = once(child, 'message') as Promise<[Usage]>
      child.send('usage')
      return (await answer)[0]
    },
    async kept() {
      const answer = once(child, 'message') as Promise<[Kept]>
      child.send('kept')
      return (await answer)[0]
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const force = setTimeout(() => child.kill('SIGKILL'), 5_000)
      await ended
      clearTimeout(force)
    },
  }
}

async function untilReady(child: ChildProcess, script: string, url: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode}`)
    // The header lets a query by GET through the CSRF prevention of a plain Apollo server.
    const answer = await fetch(url, { headers: { 'apollo-require-preflight': '1' } }).catch(() => null)
    if (answer?.ok) return
    await pause(50)
  }
  throw new Error(`${script} is not ready after 30 s`)
}
