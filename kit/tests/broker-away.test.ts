import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TransportConfig } from '../events/create-transport.ts'
import { freePort } from '../postgres/free-port.ts'
import { streamOf } from './support/broker.ts'
import { createToy, type Toy, times } from './support/toy.ts'
import { openProcess, seenOf, type ToyProcess } from './support/toy-process.ts'

const server = findServer()

/** These tests end the server they talk to, so they bring their own. */
function findServer(): string | undefined {
  for (const place of ['nats-server', '/usr/sbin/nats-server']) {
    try {
      execFileSync(place, ['--version'], { stdio: 'ignore' })
      return place
    } catch {
      // The next one.
    }
  }
  return undefined
}

describe.skipIf(!server)(`a broker that is away${server ? '' : ' (no nats-server here)'}`, () => {
  let toy: Toy
  let folder: string
  let port: number
  let broker: ChildProcess | undefined
  let carrier: TransportConfig
  const running: ToyProcess[] = []

  beforeEach(async () => {
    toy = await createToy()
    folder = mkdtempSync(path.join(tmpdir(), 'guildhall-nats-'))
    port = await freePort()
    carrier = {
      EVENT_TRANSPORT: 'nats',
      NATS_URL: `nats://127.0.0.1:${port}`,
      NATS_STREAM: streamOf(toy),
    }
  })
  afterEach(async () => {
    await Promise.all(running.splice(0).map((process) => process.close()))
    await endBroker()
    await toy.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function startBroker() {
    broker = spawn(server ?? '', ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    broker.stderr?.on('data', (text) => {
      said += String(text)
    })
    await vi.waitUntil(() => said.includes('Server is ready'), { timeout: 10_000 })
  }
  async function endBroker() {
    if (!broker || broker.exitCode !== null || broker.signalCode !== null) return
    broker.kill('SIGKILL')
    await once(broker, 'exit')
  }
  async function start() {
    const process = await openProcess(toy, carrier)
    running.push(process)
    await process.consume()
    return process
  }
  const unsent = async () => (await toy.database.sql`select 1 from toy.outbox where sent_at is null`).length
  const all = times(60, (no) => no + 1)

  it('keeps nobody from starting or working, and gets what was written meanwhile in order', async () => {
    const process = await start()
    await process.emit('box', ...all.slice(0, 30))
    await process.emit('other', ...all.slice(0, 30))
    expect(await unsent()).toBe(60)
    await startBroker()
    await vi.waitFor(async () => expect(await seenOf(toy, 'other')).toHaveLength(30), { timeout: 30_000 })
    await process.settle()
    expect(await seenOf(toy, 'box')).toEqual(all.slice(0, 30))
    expect(await seenOf(toy, 'other')).toEqual(all.slice(0, 30))
  })

  it('loses and repeats nothing when it is killed in the middle', async () => {
    await startBroker()
    const process = await start()
    await process.emit('box', ...all.slice(0, 20))
    await vi.waitFor(async () => expect(await seenOf(toy, 'box')).toHaveLength(20), { timeout: 30_000 })
    await endBroker()
    await process.emit('box', ...all.slice(20, 40))
    await startBroker()
    await process.emit('box', ...all.slice(40))
    await vi.waitFor(async () => expect((await seenOf(toy, 'box')).length).toBeGreaterThanOrEqual(60), {
      timeout: 30_000,
    })
    await process.settle()
    expect(await seenOf(toy, 'box')).toEqual(all)
  })

  it('is read from the beginning when it has lost everything and was set up anew', async () => {
    await startBroker()
    const process = await start()
    await process.emit('box', ...all.slice(0, 20))
    await vi.waitFor(async () => expect(await seenOf(toy, 'box')).toHaveLength(20), { timeout: 30_000 })
    await endBroker()
    await process.close()
    running.splice(0)
    rmSync(folder, { recursive: true, force: true })
    await startBroker()
    const next = await start()
    await next.emit('box', ...all.slice(20, 30))
    await vi.waitFor(async () => expect(await seenOf(toy, 'box')).toHaveLength(30), { timeout: 30_000 })
    expect(await seenOf(toy, 'box')).toEqual(all.slice(0, 30))
  })

  it('is read by another process once the one that reads has died, in order', async () => {
    await startBroker()
    const first = await start()
    await first.emit('box', ...all.slice(0, 20))
    await vi.waitFor(async () => expect(await seenOf(toy, 'box')).toHaveLength(20), { timeout: 30_000 })
    // As a killed process leaves it: the lease is held, and nobody keeps it.
    await first.close()
    running.splice(0)
    await toy.database.sql`
      update bus.position set holder = gen_random_uuid(), leased_until = now() + interval '2 seconds'`
    const second = await start()
    await second.emit('box', ...all.slice(20))
    await vi.waitFor(async () => expect(await seenOf(toy, 'box')).toHaveLength(60), { timeout: 30_000 })
    expect(await seenOf(toy, 'box')).toEqual(all)
  })
})
