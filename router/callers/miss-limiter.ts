import { RateLimited } from '@guildhall/kit/errors'
import { createLru } from '../lru.ts'
import { networkOf } from './addresses.ts'

/** Bounds how often strangers make us ask for something that does not exist. */
export interface MissLimiter {
  /** @returns a function that gives the place back: it was no miss. @throws RateLimited */
  take(address: string | null): () => void
}

const windowMs = 10_000
const missesPerAddress = 20
const missesOverall = 500
const maxRemembered = 10_000

interface Window {
  startedAt: number
  misses: number
}

export function createMissLimiter(): MissLimiter {
  const addresses = createLru<string, Window>(maxRemembered)
  const overall: Window = { startedAt: performance.now(), misses: 0 }
  const windowOf = (address: string): Window => {
    const known = addresses.get(address)
    if (known) return known
    const fresh = { startedAt: performance.now(), misses: 0 }
    addresses.set(address, fresh)
    return fresh
  }
  return {
    take(address) {
      const windows = [overall, windowOf(networkOf(address))] as const
      const now = performance.now()
      for (const window of windows) {
        if (now - window.startedAt > windowMs) Object.assign(window, { startedAt: now, misses: 0 })
      }
      if (overall.misses >= missesOverall || windows[1].misses >= missesPerAddress) throw new RateLimited()
      for (const window of windows) window.misses += 1
      return () => {
        for (const window of windows) window.misses = Math.max(0, window.misses - 1)
      }
    },
  }
}
