const tickMs = 1_000

/** How far this process's event loop is behind. */
export interface EventLoopWatch {
  lagMs(): number
  close(): void
}

/**
 * Watches a timer that should fire every second. Whoever asks while the loop is only just free again, before the timer
 * has fired, sees the lag too; it is forgotten with the next tick that is on time.
 */
export function watchEventLoop(now: () => number = () => performance.now()): EventLoopWatch {
  let lastTick = now()
  let lastLag = 0
  const timer = setInterval(() => {
    lastLag = Math.max(0, now() - lastTick - tickMs)
    lastTick = now()
  }, tickMs)
  timer.unref()
  return {
    lagMs: () => Math.round(Math.max(lastLag, now() - lastTick - tickMs)),
    close: () => clearInterval(timer),
  }
}
