import type { Log } from './log.ts'

/** A loop that works while there is work, sleeps otherwise, and can be woken. */
export interface Worker {
  /** Look now rather than at the next poll. */
  wake(): void
  /** Runs until nothing is left to do; for tests and for draining. */
  drain(): Promise<void>
  /** Finishes the step at hand and ends. */
  stop(): Promise<void>
}

/**
 * Starts a worker. A failing step is logged and tried again at the next poll: a worker never ends by itself.
 *
 * @param step does one portion and tells whether there may be more.
 */
export function createWorker(name: string, log: Log, pollMs: number, step: () => Promise<boolean>): Worker {
  let stopped = false
  let woken = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  const run = async () => {
    do {
      woken = false
      while (!stopped && (await step()));
    } while (woken && !stopped)
  }
  const turn = (): Promise<void> => {
    clearTimeout(timer)
    running ??= run()
      .catch((error: unknown) => log.error({ err: error, worker: name }, 'worker step failed'))
      .finally(() => {
        running = undefined
        if (stopped) return
        // Woken after the last look, or in a step that failed: at once. Otherwise at the next poll.
        if (woken) void turn()
        else timer = setTimeout(() => void turn(), pollMs).unref()
      })
    return running
  }
  void turn()
  return {
    wake: () => {
      woken = true
      if (!running && !stopped) void turn()
    },
    drain: async () => {
      await running
      await turn()
    },
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
