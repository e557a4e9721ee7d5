import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { createLog } from '../log.ts'
import { createWorker } from '../worker.ts'

const log = createLog('silent')
const hour = 3_600_000

/** A step that is open until it is told to end. */
function gate() {
  const opens: ((more: boolean) => void)[] = []
  let [running, most] = [0, 0]
  const step = async () => {
    most = Math.max(most, ++running)
    const more = await new Promise<boolean>((resolve) => opens.push(resolve))
    running--
    return more
  }
  const finish = async (more: boolean) => {
    await vi.waitFor(() => expect(opens).not.toHaveLength(0))
    opens.shift()?.(more)
    await pause(5)
  }
  return { step, finish, isOpen: () => opens.length > 0, most: () => most }
}

it('goes on while there is more, never two steps at once, and then sleeps', async () => {
  const { step, finish, isOpen, most } = gate()
  const worker = createWorker('w', log, hour, step)
  worker.wake()
  void worker.drain()
  await finish(true)
  await finish(true)
  // Once more for the wakes above.
  while (isOpen()) await finish(false)
  expect([isOpen(), most()]).toEqual([false, 1])
  await worker.stop()
})

it('looks again when it was woken during a step', async () => {
  const { step, finish, isOpen } = gate()
  const worker = createWorker('w', log, hour, step)
  await vi.waitFor(() => expect(isOpen()).toBe(true))
  worker.wake()
  await finish(false)
  expect(isOpen()).toBe(true)
  await finish(false)
  expect(isOpen()).toBe(false)
  await worker.stop()
})

it('looks when it is woken from sleep, and by itself at the next poll', async () => {
  const step = vi.fn<() => Promise<boolean>>(async () => false)
  const worker = createWorker('w', log, 40, step)
  await pause(10)
  expect(step).toHaveBeenCalledTimes(1)
  worker.wake()
  await pause(10)
  expect(step).toHaveBeenCalledTimes(2)
  await vi.waitFor(() => expect(step.mock.calls.length).toBeGreaterThanOrEqual(4))
  await worker.stop()
  const seen = step.mock.calls.length
  worker.wake()
  await pause(100)
  expect(step).toHaveBeenCalledTimes(seen)
})

it('does not lose a wake that comes between its last look and its sleep', async () => {
  let steps = 0
  const worker = createWorker('w', log, hour, async () => {
    steps++
    return false
  })
  await pause(5)
  // Each microtask on the worker's way to sleep is a moment to be woken in.
  for (let ticks = 0; ticks < 12; ticks++) {
    worker.wake()
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve()
    const before = steps
    worker.wake()
    await pause(5)
    expect(steps).toBeGreaterThan(before)
  }
  await worker.stop()
})

it('goes on after a step that throws', async () => {
  let calls = 0
  const worker = createWorker('w', log, 10, async () => {
    calls++
    if (calls < 3) throw new Error('boom')
    return false
  })
  await vi.waitFor(() => expect(calls).toBeGreaterThanOrEqual(4))
  await worker.stop()
})

it('waits in stop for the step at hand, and takes no further one', async () => {
  const { step, finish, isOpen } = gate()
  const worker = createWorker('w', log, hour, step)
  await vi.waitFor(() => expect(isOpen()).toBe(true))
  let stopped = false
  const stopping = worker.stop().then(() => {
    stopped = true
  })
  await pause(20)
  expect(stopped).toBe(false)
  await finish(true)
  await stopping
  expect(isOpen()).toBe(false)
})
