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

/** A limiter for each key: work of one key waits for work of the same key alone. */
export type KeyedLimiter = <T>(key: string, work: () => Promise<T>) => Promise<T>

/** Like {@link createLimiter}, apart for each key. A key that nothing runs for is forgotten. */
export function createKeyedLimiter(concurrency: number, waitingMax: number): KeyedLimiter {
  const limiters = new Map<string, { limited: Limiter; users: number }>()
  return async (key, work) => {
    const entry = limiters.get(key) ?? { limited: createLimiter(concurrency, waitingMax), users: 0 }
    limiters.set(key, entry)
    entry.users++
    try {
      return await entry.limited(work)
    } finally {
      entry.users--
      if (entry.users === 0) limiters.delete(key)
    }
  }
}
