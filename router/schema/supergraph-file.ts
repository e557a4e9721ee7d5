import { readFile } from 'node:fs/promises'
import type { Log } from '@guildhall/kit/log'
import { followFile } from '../follow-file.ts'

/** A supergraph that is kept in a file and may be exchanged while it is served. */
export interface SupergraphFile {
  /** Reads the file again and serves what it says. What cannot be used is logged once, and the one before stays. */
  reload(): Promise<void>
  stop(): void
}

export interface SupergraphFileOptions {
  file: string
  /** What is served now. */
  served: string
  /** Serves another one. @throws Error when it cannot be used. */
  update(supergraphSdl: string): void
  /** Whether to notice by itself that the file has changed. */
  watch: boolean
  log: Log
}

const lookEveryMs = 500

export function followSupergraphFile(options: SupergraphFileOptions): SupergraphFile {
  const { file, update, log } = options
  let last = options.served
  let lastProblem = ''
  const complain = (err: unknown) => {
    const problem = err instanceof Error ? err.message : String(err)
    if (problem === lastProblem) return
    lastProblem = problem
    log.error({ err, file }, 'the supergraph cannot be used; the one before is served')
  }
  const reload = async () => {
    try {
      const text = await readFile(file, 'utf8')
      if (text === last) return
      // Remembered whatever comes of it: the same mistake is told once.
      last = text
      update(text)
      lastProblem = ''
      log.info({ file }, 'supergraph reloaded')
    } catch (error) {
      complain(error)
    }
  }
  const stop = options.watch ? followFile(file, lookEveryMs, () => void reload()) : () => {}
  // What is served was read before.
  if (options.watch) void reload()
  return { reload, stop }
}
