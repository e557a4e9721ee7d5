import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { TransportConfig } from '../../events/create-transport.ts'
import { broker, removeStream, streamOf } from './broker.ts'
import type { Mortality } from './mortal-steps.ts'
import { createToy, type Toy } from './toy.ts'

export { broker } from './broker.ts'

/** A toy for each test, and processes of their own that can be killed. */
export interface Mortals {
  readonly toy: Toy
  /** A process that works on the toy, once it has said that it is ready, or has died. */
  start(transport: 'postgres' | 'nats', part: Pick<Mortality, 'consumes' | 'dies'>): Promise<ChildProcess>
  kill(child: ChildProcess): Promise<void>
}

export const isDead = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

export function mortals(): Mortals {
  let toy: Toy | undefined
  const running = new Set<ChildProcess>()
  const there = (): Toy => {
    if (!toy) throw new Error('there is a toy within tests only')
    return toy
  }
  const kill = async (child: ChildProcess) => {
    running.delete(child)
    if (isDead(child)) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  beforeEach(async () => {
    toy = await createToy()
  })
  afterEach(async () => {
    await Promise.all([...running].map(kill))
    if (broker) await removeStream(broker, streamOf(there()))
    await there().close()
  })
  return {
    get toy() {
      return there()
    },
    async start(transport, part) {
      const carrier: TransportConfig = {
        EVENT_TRANSPORT: transport,
        NATS_URL: broker,
        NATS_STREAM: streamOf(there()),
      }
      const mortality: Mortality = { url: there().url, carrier, ...part }
      const script = path.join(import.meta.dirname, 'mortal-process.ts')
      const child = spawn(process.execPath, [script, JSON.stringify(mortality)], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      })
      running.add(child)
      await Promise.race([once(child, 'message'), once(child, 'exit')])
      return child
    },
    kill,
  }
}
