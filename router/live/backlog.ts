import type { LiveLimits } from './limits.ts'

/**
 * Counts what waits for one reader. Called before each event with the bytes that wait; false: too much does.
 */
export type Backlog = (waitingBytes: number) => boolean

export function createBacklog({
  waitingEvents,
  waitingBytes,
}: Pick<LiveLimits, 'waitingEvents' | 'waitingBytes'>): Backlog {
  /** At least as many events as wait: those sent since nothing was waiting. */
  let waiting = 0
  return (bytes) => {
    waiting = bytes === 0 ? 0 : waiting + 1
    return waiting < waitingEvents && bytes <= waitingBytes
  }
}

/** Resolves when a stream takes more, or is gone. */
export function drained(stream: NodeJS.EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done)
      resolve()
    }
    stream.once('drain', done).once('close', done)
  })
}
