import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../config.ts'
import { reportFaults } from '../faults/report-faults.ts'
import { readDsn } from '../faults/sentry-dsn.ts'
import { createLog } from '../log.ts'

interface Received {
  path: string | undefined
  auth: string | undefined
  header: Record<string, unknown>
  item: Record<string, unknown>
  event: Record<string, unknown>
}
const received: Received[] = []
let status = 200
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (chunk: string) => {
    body += chunk
  })
  request.on('end', () => {
    const [header, item, event] = body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const auth = request.headers['x-sentry-auth']
    received.push({ path: request.url, auth: String(auth), header, item, event })
    response.writeHead(status, { 'retry-after': '120' }).end('{}')
  })
})
let dsn: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  dsn = `http://public-key@127.0.0.1:${(server.address() as AddressInfo).port}/sentry/42`
})
afterAll(() => void server.close())
afterEach(() => {
  received.length = 0
  status = 200
})

/** A log whose faults are reported, with a clock that a test moves. */
function reported() {
  let at = 0
  const to = readDsn(dsn)
  if (!to) throw new Error('no DSN')
  const sink = reportFaults({ to, environment: 'test', now: () => at })
  const log = createLog('info', { write() {} }, 'toys', sink)
  return {
    log,
    settle: sink.close,
    pass: (ms: number) => {
      at += ms
    },
  }
}

describe('a DSN', () => {
  it('names where envelopes go', () => {
    expect(readDsn('https://abc@o1.ingest.sentry.io/123')).toEqual({
      url: 'https://o1.ingest.sentry.io/api/123/envelope/',
      publicKey: 'abc',
    })
    expect(readDsn('http://abc@errors.example:8000/base/7')?.url).toBe(
      'http://errors.example:8000/base/api/7/envelope/',
    )
  })
  it.each(['', 'nonsense', 'https://host/1', 'ftp://key@host/1', 'https://key@host', 'https://key@host/'])(
    'is not %j, which stops the start',
    (text) => {
      expect(readDsn(text)).toBeUndefined()
      if (text !== '') expect(() => readConfig({ SENTRY_DSN: text })).toThrow(ConfigError)
    },
  )
})

describe('a fault', () => {
  it('is reported once, with its cause and without inputs', async () => {
    const { log, settle } = reported()
    const cause = new Error('mailbox <canary@example.org> is full')
    const error = Object.assign(new TypeError('it broke', { cause }), { input: 'canary' })
    const ids = { errorId: 'e1', requestId: 'r1', trace_id: 'a'.repeat(32) }
    log.error({ ...ids, code: 'INTERNAL_SERVER_ERROR', err: error, email: 'canary@example.org' }, 'fault')
    await settle()
    expect(received).toHaveLength(1)
    const [{ path, auth, header, item, event }] = received as [Received]
    expect([path, auth]).toEqual([
      '/sentry/api/42/envelope/',
      'Sentry sentry_version=7, sentry_key=public-key, sentry_client=guildhall/1.0',
    ])
    expect(item).toEqual({ type: 'event' })
    expect(header.event_id).toBe(event.event_id)
    expect(event).toMatchObject({
      platform: 'node',
      level: 'error',
      environment: 'test',
      server_name: 'toys',
      logentry: { formatted: 'fault' },
      tags: { code: 'INTERNAL_SERVER_ERROR', trace_id: ids.trace_id },
      extra: { requestId: 'r1', errorId: 'e1' },
      exception: {
        values: [
          { type: 'Error', value: 'mailbox <…@…> is full' },
          { type: 'TypeError', value: 'it broke', stacktrace: { frames: expect.any(Array) } },
        ],
      },
    })
    const { values } = event.exception as { values: { stacktrace: { frames: object[] } }[] }
    expect(values[1]?.stacktrace.frames.at(-1)).toMatchObject({
      filename: expect.stringContaining('faults.test.ts'),
      lineno: expect.any(Number),
      in_app: true,
    })
    expect(JSON.stringify(received)).not.toContain('canary')
  })

  it('is what is wrong on our side; refusals are not', async () => {
    const { log, settle } = reported()
    log.warn({ code: 'FORBIDDEN' }, 'refused')
    log.info('request')
    await settle()
    expect(received).toEqual([])
  })

  it('that comes again is told once a minute, with how often it was left out', async () => {
    const { log, settle, pass } = reported()
    for (let i = 0; i < 100; i++) log.error({ err: new Error('the same') }, 'fault')
    await settle()
    expect(received).toHaveLength(1)
    pass(60_000)
    log.error({ err: new Error('the same') }, 'fault')
    await settle()
    expect(received.map(({ event }) => (event.extra as { dropped?: number }).dropped)).toEqual([
      undefined,
      99,
    ])
  })

  it('among many different ones may be left out: twenty at once, then one in five seconds', async () => {
    const { log, settle, pass } = reported()
    const storm = async (name: string) => {
      for (let i = 0; i < 100; i++) {
        log.error({ err: new Error(`${name} ${i}`) }, 'fault')
        await settle()
      }
    }
    await storm('first')
    expect(received).toHaveLength(20)
    pass(10_000)
    await storm('second')
    expect(received).toHaveLength(22)
  })

  it('is not told for as long as the other side wants to hear nothing', async () => {
    const { log, settle, pass } = reported()
    status = 429
    for (let i = 0; i < 3; i++) {
      log.error({ err: new Error(`nr ${i}`) }, 'fault')
      await settle()
    }
    expect(received).toHaveLength(1)
    pass(119_000)
    log.error({ err: new Error('still') }, 'fault')
    pass(2_000)
    log.error({ err: new Error('again') }, 'fault')
    await settle()
    expect(received).toHaveLength(2)
  })
})
