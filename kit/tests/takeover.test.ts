import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TransportConfig } from '../events/create-transport.ts'
import { findBroker, removeStream, streamOf } from './support/broker.ts'
import type { Mortality } from './support/mortal-steps.ts'
import { createToy, type Toy, times } from './support/toy.ts'
import { seenOf } from './support/toy-process.ts'

const broker = await findBroker()

let toy: Toy
let carrier: TransportConfig
const running = new Set<ChildProcess>()
beforeEach(async () => {
  toy = await createToy()
})
afterEach(async () => {
  await Promise.all([...running].map(kill))
  if (carrier.EVENT_TRANSPORT === 'nats' && broker) await removeStream(broker, streamOf(toy))
  await toy.close()
})

/** A process that relays and consumes. */
async function start(): Promise<ChildProcess> {
  const mortality: Mortality = { url: toy.url, carrier, consumes: true, dies: null }
  const script = path.join(import.meta.dirname, 'support/mortal-process.ts')
  const child = spawn(process.execPath, [script, JSON.stringify(mortality)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  running.add(child)
  await once(child, 'message')
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  running.delete(child)
  child.kill('SIGKILL')
  await once(child, 'exit')
}

describe.each(['postgres', 'nats'] as const)('over %s', (transport) => {
  const isAbsent = transport === 'nats' && !broker
  it.skipIf(isAbsent)(
    `what a killed process was to relay and to handle, another does within 35 seconds${isAbsent ? ' (no NATS server here)' : ''}`,
    { timeout: 90_000 },
    async () => {
      carrier = { EVENT_TRANSPORT: transport, NATS_URL: broker, NATS_STREAM: streamOf(toy) }
      const first = await start()
      first.send({ aggregate: 'box', no: 1 })
      await vi.waitFor(async () => expect(await seenOf(toy, 'box')).toEqual([1]), 20_000)
      const second = await start()
      // Written by the one that dies, so that it also wakes and relays; whatever it has not done is left.
      for (const no of times(10, (index) => index + 2)) {
        const acknowledged = new Promise<void>((resolve) => {
          first.on('message', (key) => key === `box ${no}` && resolve())
        })
        first.send({ aggregate: 'box', no })
        await acknowledged
      }
      await kill(first)
      second.send({ aggregate: 'other', no: 1 })
      const all = times(11, (index) => index + 1)
      await vi.waitFor(
        async () => expect([await seenOf(toy, 'box'), await seenOf(toy, 'other')]).toEqual([all, [1]]),
        { timeout: 35_000, interval: 100 },
      )
    },
  )
})
