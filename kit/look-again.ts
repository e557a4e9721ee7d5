import type { Context } from './context.ts'
import { pushIterator } from './push-iterator.ts'

/** Signals may get lost; then it takes this long until a change is seen. */
const pollMs = 5_000

/** Who wakes a stream. */
export interface Wakers {
  /** A channel of signals, and the key that means us. */
  channel: string
  key: string
}

/** Where a look puts what it has found. */
export interface LookSink<Item> {
  push(item: Item): void
  /** The stream is over once its reader has got what was pushed. */
  end(): void
  /** There is more already: the next look need not wait for a signal. */
  again(): void
}

/**
 * A stream of what is found in a table. Signals only say "look again": `look` reads what there is now, knows by itself what it
 * has told before, and asks anew whether the reader may still see it. It is called at once, then after each signal and
 * every five seconds; never twice at a time, and not while something that it found waits to be read, so that a slow
 * reader costs one look and memory for one. A look that fails is logged and taken again; the stream stays open.
 *
 * @param first what the reader gets before anything is looked for.
 */
export function lookAgain<Item>(
  { signals, log }: Pick<Context, 'signals' | 'log'>,
  { channel, key }: Wakers,
  look: (sink: LookSink<Item>) => Promise<void>,
  first: readonly Item[] = [],
): AsyncIterableIterator<Item> {
  return pushIterator<Item>(({ push, end, onTaken }) => {
    let [waiting, isLooking, isDue, isOver] = [0, false, false, false]
    const sink: LookSink<Item> = {
      push(item) {
        waiting += 1
        push(item)
      },
      end,
      again() {
        isDue = true
      },
    }
    const wake = () => {
      isDue = true
      if (isLooking || isOver || waiting > 0) return
      isLooking = true
      isDue = false
      look(sink)
        // The database may be back at the next poll.
        .catch((error: unknown) => log.warn({ err: error, channel, key }, 'a stream could not look'))
        .finally(() => {
          isLooking = false
          if (isDue) wake()
        })
    }
    onTaken(() => {
      waiting -= 1
      if (waiting === 0 && isDue) wake()
    })
    const stopListening = signals.listen(channel, (changed) => {
      if (changed === null || changed === key) wake()
    })
    const poll = setInterval(wake, pollMs)
    for (const item of first) sink.push(item)
    wake()
    return () => {
      isOver = true
      stopListening()
      clearInterval(poll)
    }
  })
}
