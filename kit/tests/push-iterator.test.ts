import { describe, expect, it, vi } from 'vitest'
import { type PushSink, pushIterator, StreamOverflow } from '../push-iterator.ts'

/** An iterator with its sink in the open. */
function open<T>(capacity?: number) {
  const stop = vi.fn<() => void>()
  let sink: PushSink<T> | undefined
  const iterator = pushIterator<T>((given) => {
    sink = given
    return stop
  }, capacity)
  if (!sink) throw new Error('the source was not opened')
  return { iterator, sink, stop }
}

describe('pushIterator', () => {
  it('gives values in order, those that waited and those that come', async () => {
    const { iterator, sink } = open<number | undefined>()
    sink.push(1)
    sink.push(undefined)
    expect(await iterator.next()).toEqual({ done: false, value: 1 })
    expect(await iterator.next()).toEqual({ done: false, value: undefined })
    const third = iterator.next()
    const fourth = iterator.next()
    sink.push(3)
    sink.push(4)
    expect([await third, await fourth]).toEqual([
      { done: false, value: 3 },
      { done: false, value: 4 },
    ])
  })

  it('ends every pending read and the source at once on return', async () => {
    const { iterator, sink, stop } = open<number>()
    const pending = [iterator.next(), iterator.next()]
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined })
    expect(await Promise.all(pending)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ])
    sink.push(1)
    sink.fail(new Error('late'))
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    await iterator.return?.()
    expect(stop).toHaveBeenCalledTimes(1)
  })

  it('gives what is queued before the end', async () => {
    const { iterator, sink, stop } = open<number>()
    sink.push(1)
    sink.end()
    expect(stop).toHaveBeenCalledTimes(1)
    expect(await iterator.next()).toEqual({ done: false, value: 1 })
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('gives what is queued before a failure, and the failure once', async () => {
    const { iterator, sink } = open<number>()
    sink.push(1)
    sink.fail(new Error('broken'))
    expect(await iterator.next()).toEqual({ done: false, value: 1 })
    await expect(iterator.next()).rejects.toThrow('broken')
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('fails the first pending read and ends the others', async () => {
    const { iterator, sink } = open<number>()
    const [first, second] = [iterator.next(), iterator.next()]
    sink.fail(new Error('broken'))
    await expect(first).rejects.toThrow('broken')
    expect(await second).toEqual({ done: true, value: undefined })
  })

  it('cuts a reader that is too slow instead of queueing without bound', async () => {
    const { iterator, sink, stop } = open<number>(3)
    for (let i = 0; i < 3; i++) sink.push(i)
    expect(stop).not.toHaveBeenCalled()
    sink.push(3)
    expect(stop).toHaveBeenCalledTimes(1)
    const error = await iterator.next().catch((thrown) => thrown)
    expect(error).toBeInstanceOf(StreamOverflow)
    expect(error.extensions.code).toBe('SERVICE_UNAVAILABLE')
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('says when a value is taken: at once by who waits, otherwise when it is read', async () => {
    let taken = 0
    const { iterator, sink } = open<number>()
    sink.onTaken(() => void taken++)
    const first = iterator.next()
    sink.push(1)
    expect(taken).toBe(1)
    await first
    sink.push(2)
    sink.push(3)
    expect(taken).toBe(1)
    void iterator.next()
    expect(taken).toBe(2)
    sink.fail(new Error('broken'))
    expect(await iterator.next()).toEqual({ done: false, value: 3 })
    expect(taken).toBe(3)
    await expect(iterator.next()).rejects.toThrow('broken')
    await iterator.next()
    expect(taken).toBe(3)
  })

  it('closes a source that ends while it is opened', async () => {
    const stop = vi.fn<() => void>()
    const iterator = pushIterator<number>(({ push, fail }) => {
      push(1)
      fail(new Error('at once'))
      return stop
    })
    expect(stop).toHaveBeenCalledTimes(1)
    expect(await iterator.next()).toEqual({ done: false, value: 1 })
    await expect(iterator.next()).rejects.toThrow('at once')
  })

  it('works in for await, and leaving the loop closes the source', async () => {
    const { iterator, sink, stop } = open<number>()
    for (let i = 0; i < 5; i++) sink.push(i)
    const seen: number[] = []
    for await (const value of iterator) {
      seen.push(value)
      if (value === 2) break
    }
    expect(seen).toEqual([0, 1, 2])
    expect(stop).toHaveBeenCalledTimes(1)
  })
})
