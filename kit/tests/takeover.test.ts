import { describe, expect, it, vi } from 'vitest'
import { broker, mortals } from './support/mortals.ts'
import { times } from './support/toy.ts'
import { seenOf } from './support/toy-process.ts'

const house = mortals()
/** A process that relays and consumes. */
const mortal = { consumes: true, dies: null }

describe.each(['postgres', 'nats'] as const)('over %s', (transport) => {
  const isAbsent = transport === 'nats' && !broker
  it.skipIf(isAbsent)(
    `what a killed process was to relay and to handle, another does within 35 seconds${isAbsent ? ' (no NATS server here)' : ''}`,
    { timeout: 90_000 },
    async () => {
      const first = await house.start(transport, mortal)
      first.send({ aggregate: 'box', no: 1 })
      await vi.waitFor(async () => expect(await seenOf(house.toy, 'box')).toEqual([1]), 20_000)
      const second = await house.start(transport, mortal)
      // Written by the one that dies, so that it also wakes and relays; whatever it has not done is left.
      for (const no of times(10, (index) => index + 2)) {
        const acknowledged = new Promise<void>((resolve) => {
          first.on('message', (key) => key === `box ${no}` && resolve())
        })
        first.send({ aggregate: 'box', no })
        await acknowledged
      }
      await house.kill(first)
      second.send({ aggregate: 'other', no: 1 })
      const all = times(11, (index) => index + 1)
      await vi.waitFor(
        async () =>
          expect([await seenOf(house.toy, 'box'), await seenOf(house.toy, 'other')]).toEqual([all, [1]]),
        { timeout: 35_000, interval: 100 },
      )
    },
  )
})
