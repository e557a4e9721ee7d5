import { ServiceUnavailable } from './errors.ts'

/** The reader was slower than the source for longer than the queue could bridge; it has to resume from its cursor. */
export class StreamOverflow extends ServiceUnavailable {
  constructor() {
    super('The stream was cut because it was not read fast enough. Resume it from the last cursor.')
  }
}

/** Where a source puts what it has; everything after the end is ignored. */
export interface PushSink<T> {
  push(value: T): void
  /** Readers get what is queued, then the end. */
  end(): void
  /** Readers get what is queued, then the error. */
  fail(error: unknown): void
  /** Told of each value that the reader takes, for sources that make the next only when nothing waits. */
  onTaken(listener: () => void): void
}

const defaultCapacity = 1_000

/**
 * Turns a source that pushes into an iterator that is pulled.
 *
 * Not an async generator on purpose: a generator parks `return()` behind its pending `await`, so that an idle
 * subscription would stay open until its next event. Here `return()` ends the source and every pending `next()` at once.
 *
 * @param start opens the source; the function it gives back closes it and is called exactly once.
 * @param capacity how many values may wait for the reader. One more ends the source, drops the queue (the reader has to
 *   resume from its cursor anyway) and fails the next read with {@link StreamOverflow}.
 */
export function pushIterator<T>(
  start: (sink: PushSink<T>) => () => void,
  capacity = defaultCapacity,
): AsyncIterableIterator<T> {
  const queue: T[] = []
  const readers: { resolve(result: IteratorResult<T>): void; reject(error: unknown): void }[] = []
  let ended = false
  let failure: { error: unknown } | undefined
  let stop: (() => void) | undefined
  let taken = () => {}

  const close = () => {
    if (ended) return
    ended = true
    stop?.()
    const first = readers.shift()
    if (first && failure) {
      first.reject(failure.error)
      failure = undefined
    } else first?.resolve({ done: true, value: undefined })
    for (const reader of readers.splice(0)) reader.resolve({ done: true, value: undefined })
  }
  const fail = (error: unknown) => {
    if (ended) return
    failure = { error }
    close()
  }
  const push = (value: T) => {
    if (ended) return
    const reader = readers.shift()
    if (reader) {
      reader.resolve({ done: false, value })
      return taken()
    }
    if (queue.length < capacity) return void queue.push(value)
    queue.length = 0
    fail(new StreamOverflow())
  }

  const opened = start({
    push,
    end: close,
    fail,
    onTaken: (listener) => {
      taken = listener
    },
  })
  if (ended) opened()
  else stop = opened

  const abandon = (): Promise<IteratorResult<T>> => {
    queue.length = 0
    failure = undefined
    close()
    return Promise.resolve({ done: true, value: undefined })
  }
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      if (queue.length > 0) {
        const value = queue.shift() as T
        taken()
        return Promise.resolve({ done: false, value })
      }
      if (failure) {
        const { error } = failure
        failure = undefined
        return Promise.reject(error)
      }
      if (ended) return Promise.resolve({ done: true, value: undefined })
      return new Promise((resolve, reject) => readers.push({ resolve, reject }))
    },
    return: abandon,
    async throw(error) {
      await abandon()
      throw error
    },
  }
}
