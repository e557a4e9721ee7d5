import { RateLimited } from '@guildhall/kit/errors'

/** Runs work, but only so much at once. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>

/**
 * Bounds work that is dear in memory or CPU.
 *
 * @param concurrency how many run at once.
 * @param waitingMax how many may wait; further ones are refused with {@link RateLimited}.
 */
export function createLimiter(concurrency: number, waitingMax: number): Limiter {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= concurrency) {
      if (waiting.length >= waitingMax) throw new RateLimited()
      // The one who leaves hands its place over, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
