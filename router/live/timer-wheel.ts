/** Many deadlines, few timers. */
export interface TimerWheel {
  /** Calls back at that time (Unix milliseconds) or up to one step later. @returns a function that forgets it. */
  at(timeMs: number, callback: () => void): () => void
}

/** Deadlines further away are looked at again after this long: `setTimeout` does not take more than 24 days. */
const longestWaitMs = 24 * 60 * 60 * 1_000

/**
 * A timer per step of time instead of one per client: thousands of sockets have deadlines, and most of them are forgotten
 * before they come.
 */
export function createTimerWheel(stepMs: number): TimerWheel {
  const steps = new Map<number, { callbacks: Set<() => void>; timer: NodeJS.Timeout }>()

  const run = (step: number) => {
    const due = steps.get(step)
    steps.delete(step)
    for (const callback of due?.callbacks ?? []) callback()
  }
  const stepAt = (step: number) => {
    const known = steps.get(step)
    if (known) return known
    const timer = setTimeout(run, Math.max(0, step * stepMs - Date.now()), step)
    timer.unref()
    const fresh = { callbacks: new Set<() => void>(), timer }
    steps.set(step, fresh)
    return fresh
  }
  const at = (timeMs: number, callback: () => void): (() => void) => {
    const waitMs = timeMs - Date.now()
    if (waitMs > longestWaitMs) {
      let forget = at(Date.now() + longestWaitMs - stepMs, () => {
        forget = at(timeMs, callback)
      })
      return () => forget()
    }
    const step = Math.ceil(Math.max(timeMs, Date.now()) / stepMs)
    const { callbacks } = stepAt(step)
    callbacks.add(callback)
    return () => {
      callbacks.delete(callback)
      const held = steps.get(step)
      if (callbacks.size > 0 || held?.callbacks !== callbacks) return
      clearTimeout(held.timer)
      steps.delete(step)
    }
  }
  return { at }
}
