import { randomUUID } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectRedis, type SharedRedis } from '../redis.ts'
import { isRedisHere, openRedis, type TestRedis, withoutRedis } from './support/redis.ts'
import { recordingLog, until } from './support/world.ts'

let redis: SharedRedis | undefined
afterEach(() => redis?.close())

const ping = (client: SharedRedis['client']) => client.ping()
const without = () => 'decided without'

describe.skipIf(!isRedisHere)(`a Redis that is there${withoutRedis}`, () => {
  let server: TestRedis
  beforeAll(async () => {
    server = await openRedis()
  })
  afterAll(() => server?.stop())

  it('is asked', async () => {
    const { log, logged } = recordingLog()
    const shared = connectRedis(server.url, log)
    redis = shared
    await until(() => shared.isUp())
    const key = `guildhall-test:${randomUUID()}`
    expect(await shared.ask((client) => client.set(key, 'x', { EX: 5 }), without)).toBe('OK')
    expect(
      await shared.ask(
        (client) => client.get(key),
        () => null,
      ),
    ).toBe('x')
    expect(logged).toEqual([])
  })
})

describe('a Redis that is away', () => {
  it('is not waited for', async () => {
    const { log, logged } = recordingLog()
    const shared = connectRedis('redis://127.0.0.1:1', log)
    redis = shared
    expect(await shared.ask(ping, without)).toBe('decided without')
    await until(() => logged.length > 0)
    expect(logged.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'redis is away: this router decides for itself (degraded)'],
    ])
  })

  it('is not asked for a while once it did not answer', async () => {
    const sockets: Socket[] = []
    // Takes what a client says of itself, and answers nothing that it asks.
    const mute = createServer((socket) => {
      sockets.push(socket)
      socket.on('data', (data) => {
        if (String(data).includes('PING')) return
        const said = String(data).match(/\*\d+\r\n/g) ?? []
        socket.write(said.map(() => '+OK\r\n').join(''))
      })
    })
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    const address = mute.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const { log, logged } = recordingLog()
    const shared = connectRedis(`redis://127.0.0.1:${port}`, log)
    redis = shared
    await until(() => shared.isUp())
    expect(await shared.ask(ping, without)).toBe('decided without')
    expect(shared.isUp()).toBe(false)
    expect(logged.map(({ level }) => level)).toEqual(['warn'])
    let asked = false
    await shared.ask(async () => {
      asked = true
      return ''
    }, without)
    expect(asked).toBe(false)
    for (const socket of sockets) socket.destroy()
    mute.close()
  })
})
