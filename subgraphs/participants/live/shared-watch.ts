import type { Context } from '@guildhall/kit/context'
import type { Signals } from '@guildhall/kit/signals'

/** What all streams of one kind in a process share. */
export interface SharedWatch<State> {
  /** Calls `tell` with the present state of a key, null if there is none, then whenever it may have changed. @returns a function that ends it. */
  watch(key: string, tell: (state: State | null) => void): () => void
}

interface WatchOptions<State> {
  /** Signals with the keys of what has changed. */
  channel: string
  read(ctx: Pick<Context, 'db'>, keys: readonly string[]): Promise<Map<string, State>>
}

/** Signals may get lost; then it takes this long until a change is seen. */
const pollMs = 5_000
/** Between two reads: what happens in the meantime is told as one change. */
const pauseMs = 200

/**
 * One ear for signals and one statement at a time for all streams of a process, however many there are and however much
 * happens. It holds nothing while nobody watches.
 */
export function sharedWatch<State>(options: WatchOptions<State>) {
  /** Of each process's signals. */
  const opened = new WeakMap<Signals, SharedWatch<State>>()
  return (ctx: Pick<Context, 'signals' | 'db' | 'log'>): SharedWatch<State> => {
    const watch = opened.get(ctx.signals) ?? openWatch(ctx, options)
    opened.set(ctx.signals, watch)
    return watch
  }
}

function openWatch<State>(
  { signals, db, log }: Pick<Context, 'signals' | 'db' | 'log'>,
  { channel, read }: WatchOptions<State>,
): SharedWatch<State> {
  const watched = new Map<string, Set<(state: State | null) => void>>()
  const changed = new Set<string>()
  let reading = false
  let stop: (() => void) | undefined

  const flush = async () => {
    if (reading || changed.size === 0) return
    reading = true
    const keys = [...changed]
    changed.clear()
    try {
      const states = await read({ db }, keys)
      for (const key of keys) for (const tell of watched.get(key) ?? []) tell(states.get(key) ?? null)
    } catch (error) {
      // The database may be back at the next look.
      log.warn({ err: error, channel }, 'what is watched could not be read')
    }
    setTimeout(() => {
      reading = false
      void flush()
    }, pauseMs).unref()
  }
  const look = (key: string | null) => {
    for (const one of key === null ? watched.keys() : [key]) if (watched.has(one)) changed.add(one)
    void flush()
  }
  const begin = () => {
    const stopListening = signals.listen(channel, look)
    const poll = setInterval(() => look(null), pollMs)
    return () => {
      stopListening()
      clearInterval(poll)
    }
  }
  return {
    watch(key, tell) {
      stop ??= begin()
      const those = watched.get(key) ?? new Set()
      watched.set(key, those.add(tell))
      look(key)
      return () => {
        those.delete(tell)
        if (those.size === 0 && watched.get(key) === those) watched.delete(key)
        if (watched.size > 0) return
        stop?.()
        stop = undefined
      }
    },
  }
}
