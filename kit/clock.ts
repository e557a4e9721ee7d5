/** The only source of domain time; tests inject their own. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** A clock that stands still until it is told to move. */
export interface ManualClock extends Clock {
  set(instant: Date): void
  advance(milliseconds: number): void
}

/** A clock for tests, starting at `start` (default: the real now). */
export function manualClock(start: Date = new Date()): ManualClock {
  let current = start.getTime()
  return {
    now: () => new Date(current),
    set: (instant) => {
      current = instant.getTime()
    },
    advance: (milliseconds) => {
      current += milliseconds
    },
  }
}
