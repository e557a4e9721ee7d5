import type { PoolWatch } from './database.ts'
import { ServiceUnavailable } from './errors.ts'

/** Turns to hold a connection. */
export interface Slots {
  /** @returns what gives the turn back. @throws ServiceUnavailable after too long a wait. */
  take(): Promise<() => void>
  /** Whether somebody waits. */
  isCrowded(): boolean
}

/** A counting semaphore, first come first served. */
export function createSlots(most: number, waitMs: number, watch: PoolWatch | undefined): Slots {
  let free = most
  const waiting = new Set<() => void>()
  watch?.transactions(() => ({ running: most - free, waiting: waiting.size }))
  const release = () => {
    const [next] = waiting
    if (!next) {
      free++
      return
    }
    waiting.delete(next)
    next()
  }
  return {
    async take() {
      if (free > 0) {
        free--
        watch?.waited(0)
        return release
      }
      const startedAt = performance.now()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      waiting.add(resolve)
      const timer = setTimeout(() => {
        waiting.delete(resolve)
        reject(new ServiceUnavailable('The service is busy, try again.'))
      }, waitMs)
      await promise
      clearTimeout(timer)
      watch?.waited((performance.now() - startedAt) / 1_000)
      return release
    },
    isCrowded: () => waiting.size > 0,
  }
}
