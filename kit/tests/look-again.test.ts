import { describe, expect, it, vi } from 'vitest'
import { createLog } from '../log.ts'
import { type LookSink, lookAgain } from '../look-again.ts'
import type { Signals } from '../signals.ts'

/** A stream, who wakes it, and what it finds at each look: nothing until something is put there. */
function open(first: readonly string[] = []) {
  const found: ((sink: LookSink<string>) => void)[] = []
  let wake: ((key: string | null) => void) | undefined
  let looks = 0
  const signals: Pick<Signals, 'listen'> = {
    listen(_channel, listener) {
      wake = listener
      return () => {
        wake = undefined
      }
    },
  }
  const stream = lookAgain<string>(
    { signals: signals as Signals, log: createLog('silent') },
    { channel: 'toys', key: 'box' },
    async (sink) => {
      looks += 1
      await Promise.resolve()
      found.shift()?.(sink)
    },
    first,
  )
  return {
    stream,
    found,
    looks: () => looks,
    signal: (key: string | null) => wake?.(key),
    isHeard: () => wake !== undefined,
    next: async () => (await stream.next()).value as unknown,
    /** All that is due has been looked for. */
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  }
}

describe('a stream that looks again', () => {
  it('gives what it has at first, then what each look finds', async () => {
    const box = open(['first'])
    expect(box.looks()).toBe(0)
    box.found.push(({ push }) => {
      push('second')
      push('third')
    })
    expect([await box.next(), await box.next(), await box.next()]).toEqual(['first', 'second', 'third'])
    const fourth = box.next()
    box.found.push(({ push }) => push('fourth'))
    box.signal('box')
    expect(await fourth).toBe('fourth')
  })

  it('looks when its key is told of, and when anything may have changed', async () => {
    const box = open()
    await box.settled()
    expect(box.looks()).toBe(1)
    for (const key of ['crate', 'box', null]) {
      box.signal(key)
      await box.settled()
    }
    expect(box.looks()).toBe(3)
  })

  it('does not look while something waits to be read, and once for all that happened meanwhile', async () => {
    const box = open()
    box.found.push(({ push }) => push('one'))
    await box.settled()
    for (let no = 0; no < 10; no++) box.signal('box')
    await box.settled()
    expect(box.looks()).toBe(1)
    expect(await box.next()).toBe('one')
    await box.settled()
    expect(box.looks()).toBe(2)
  })

  it('never looks twice at a time, and looks once more after one during which something happened', async () => {
    const box = open()
    box.signal('box')
    box.signal('box')
    expect(box.looks()).toBe(1)
    await box.settled()
    expect(box.looks()).toBe(2)
  })

  it('looks on by itself where there is more', async () => {
    const box = open()
    box.found.push(
      ({ push, again }) => {
        push('one')
        again()
      },
      ({ push }) => push('two'),
    )
    expect([await box.next(), await box.next()]).toEqual(['one', 'two'])
    await box.settled()
    expect(box.looks()).toBe(2)
  })

  it('stays open when a look fails, and looks again after a while', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      const box = open()
      const next = box.next()
      box.found.push(
        () => {
          throw new Error('the database is away')
        },
        ({ push }) => push('back'),
      )
      await box.settled()
      expect(box.looks()).toBe(1)
      vi.advanceTimersByTime(5_000)
      expect(await next).toBe('back')
    } finally {
      vi.useRealTimers()
    }
  })

  it('gives what was found before the end, and then hears nothing', async () => {
    const box = open()
    box.found.push(({ push, end }) => {
      push('last')
      end()
    })
    await box.settled()
    expect(await box.next()).toBe('last')
    expect(await box.stream.next()).toEqual({ done: true, value: undefined })
    expect([box.isHeard(), box.looks()]).toEqual([false, 1])
  })

  it('looks no more when its reader has left', async () => {
    const box = open()
    await box.settled()
    await box.stream.return?.()
    expect(box.isHeard()).toBe(false)
    await box.settled()
    expect(box.looks()).toBe(1)
  })
})
