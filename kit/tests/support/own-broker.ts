import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { vi } from 'vitest'
import type { TransportConfig } from '../../events/create-transport.ts'
import { freePort } from '../../postgres/free-port.ts'
import { streamOf } from './broker.ts'
import type { Toy } from './toy.ts'

/** A NATS server that a test may end and start as it likes. */
export interface OwnBroker {
  carrier: TransportConfig
  /** Starts it on what it had stored, and waits until it is ready. */
  start(): Promise<void>
  kill(): Promise<void>
  /** Whatever it had stored is lost. */
  forget(): void
}

/** Where the program is; undefined when there is none here. */
export const brokerProgram = ['nats-server', '/usr/sbin/nats-server'].find((place) => {
  try {
    execFileSync(place, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})

/** A server for one toy; it has not started yet. */
export async function ownBroker(toy: Toy): Promise<OwnBroker> {
  const folder = mkdtempSync(path.join(tmpdir(), 'guildhall-nats-'))
  const port = await freePort()
  let broker: ChildProcess | undefined
  return {
    carrier: {
      EVENT_TRANSPORT: 'nats',
      NATS_URL: `nats://127.0.0.1:${port}`,
      NATS_STREAM: streamOf(toy),
    },
    async start() {
      const flags = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder]
      broker = spawn(brokerProgram ?? '', flags, { stdio: ['ignore', 'ignore', 'pipe'] })
      let said = ''
      broker.stderr?.on('data', (text) => {
        said += String(text)
      })
      await vi.waitUntil(() => said.includes('Server is ready'), { timeout: 20_000 })
    },
    async kill() {
      if (!broker || broker.exitCode !== null || broker.signalCode !== null) return
      broker.kill('SIGKILL')
      await once(broker, 'exit')
    },
    forget: () => rmSync(folder, { recursive: true, force: true }),
  }
}
