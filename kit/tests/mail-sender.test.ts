import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { openDatabase } from '../database.ts'
import { MailRefused, type MailTransport } from '../mail/message.ts'
import { recordingTransport } from '../testing/recording-transport.ts'
import { captureLog } from './support/capture-log.ts'
import { times } from './support/toy.ts'
import {
  createMailToy,
  failingTransport,
  killWhileSending,
  type MailToy,
  mailTo,
} from './support/toy-mail.ts'

const [minute, day] = [60_000, 86_400_000]

let toy: MailToy
beforeAll(async () => {
  toy = await createMailToy()
})
afterAll(() => toy.close())
beforeEach(() => toy.database.sql`truncate toy.mail`.then(() => {}))
afterEach(() => toy.stopSenders())

it('sends what was committed, once, and forgets what was in it', async () => {
  const { log, lines } = captureLog()
  const transport = recordingTransport()
  const message = mailTo('ada@example.org', {
    html: '<p>Follow</p>',
    headers: { 'List-Id': '<toy.example>' },
  })
  await toy.queue(message)
  const [waiting] = await toy.rows()
  expect(JSON.stringify(waiting)).not.toMatch(/ada|Welcome|sesame/)
  expect(waiting?.sealed).toMatch(/^v1\./)
  const sender = toy.startSender(transport, { log })
  await sender.drain()
  expect(transport.sent()).toEqual([message])
  expect(await toy.rows()).toEqual([
    { ...waiting, sealed: null, attempts: 1, sentAt: toy.clock.now(), availableAt: expect.any(Date) },
  ])
  expect(await sender.hasWaiting()).toBe(false)
  expect(lines).toMatchObject([{ msg: 'mail sent', kind: 'toy.welcome', attempts: 1 }])
  expect(JSON.stringify(lines)).not.toMatch(/ada|sesame/)
})

it('keeps the order of what one process has queued', async () => {
  for (const no of times(12, (index) => index)) await toy.queue(mailTo(`person${no}@example.org`))
  const transport = recordingTransport()
  await toy.startSender(transport).drain()
  expect(transport.sent().map(({ to }) => to)).toEqual(times(12, (no) => `person${no}@example.org`))
})

it('tries again later and later, each time a little off, and gives up after eight attempts', async () => {
  const { log, lines } = captureLog()
  const { transport, asked } = failingTransport(
    () => new Error('451 <ada@example.org> try later, see https://mx.example/?token=open-sesame'),
  )
  const sender = toy.startSender(transport, { log })
  await toy.queue(mailTo('ada@example.org'))
  const delays: number[] = []
  for (const attempt of times(7, (index) => index + 1)) {
    await sender.drain()
    expect(asked).toHaveLength(attempt)
    const [row] = await toy.rows()
    delays.push((row?.availableAt.getTime() ?? 0) - toy.clock.now().getTime())
    // A moment too early nothing happens.
    toy.clock.advance((delays.at(-1) ?? 0) - 1)
    await sender.drain()
    expect(asked).toHaveLength(attempt)
    toy.clock.advance(1)
  }
  const expected = [1, 2.67, 7.11, 18.97, 50.6, 134.97, 360]
  for (const [index, delay] of delays.entries()) {
    expect(delay / minute / (expected[index] ?? 0)).toBeGreaterThanOrEqual(0.79)
    expect(delay / minute / (expected[index] ?? 0)).toBeLessThanOrEqual(1.21)
  }
  await sender.drain()
  toy.clock.advance(day)
  await sender.drain()
  expect(asked).toHaveLength(8)
  expect(await toy.rows()).toMatchObject([
    {
      sealed: null,
      attempts: 8,
      sentAt: null,
      failedAt: expect.any(Date),
      lastError: '451 <…@…> try later, see …',
    },
  ])
  expect(lines.map(({ msg }) => msg)).toEqual([
    ...times(7, () => 'mail not sent, will be tried again'),
    'mail given up',
  ])
  expect(JSON.stringify(lines)).not.toMatch(/ada|sesame/)
})

it('gives up at once what was refused for good', async () => {
  const { transport, asked } = failingTransport(() => new MailRefused('550 no such person'))
  await toy.queue(mailTo('nobody@example.org'))
  const sender = toy.startSender(transport)
  await sender.drain()
  toy.clock.advance(day)
  await sender.drain()
  expect(asked).toEqual(['nobody@example.org'])
  expect(await toy.rows()).toMatchObject([
    {
      sealed: null,
      attempts: 1,
      sentAt: null,
      failedAt: expect.any(Date),
      lastError: '550 no such person',
    },
  ])
})

it('sends after the way out is open again', async () => {
  let isOpen = false
  const { transport, sent } = failingTransport(() => (isOpen ? null : new Error('connect ECONNREFUSED')))
  await toy.queue(mailTo('ada@example.org'))
  const sender = toy.startSender(transport)
  await sender.drain()
  isOpen = true
  expect(sent()).toEqual([])
  toy.clock.advance(2 * minute)
  await sender.drain()
  expect(sent().map(({ to }) => to)).toEqual(['ada@example.org'])
  expect(await toy.rows()).toMatchObject([
    { sealed: null, attempts: 2, sentAt: toy.clock.now(), lastError: null },
  ])
})

it('takes over the mail of a process that was killed while it sent it', async () => {
  await toy.queue(mailTo('ada@example.org'))
  await killWhileSending(toy)
  const transport = recordingTransport()
  const sender = toy.startSender(transport)
  toy.clock.advance(minute - 1)
  await sender.drain()
  expect(transport.sent()).toEqual([])
  toy.clock.advance(1)
  await sender.drain()
  expect(transport.sent().map(({ to }) => to)).toEqual(['ada@example.org'])
  expect(await toy.rows()).toMatchObject([{ attempts: 2, sentAt: toy.clock.now(), sealed: null }])
})

it.each([
  ['has sent it', null],
  ['will try it again', new Error('451 later')],
] as const)('lets a slow sender change nothing of what another has noted, who %s', async (_, problem) => {
  let fail: (error: Error) => void = () => {}
  const slow: MailTransport = {
    send: () =>
      new Promise((_resolve, reject) => {
        fail = reject
      }),
    close: async () => {},
  }
  await toy.queue(mailTo('ada@example.org'))
  const first = toy.startSender(slow)
  while (!(await toy.rows())[0]?.attempts) await pause(5)
  toy.clock.advance(minute)
  await toy.startSender(failingTransport(() => problem).transport).drain()
  const noted = await toy.rows()
  expect(noted).toMatchObject([
    {
      attempts: 2,
      failedAt: null,
      sentAt: problem ? null : toy.clock.now(),
      lastError: problem && '451 later',
    },
  ])
  fail(new MailRefused('550 too late'))
  await first.stop()
  expect(await toy.rows()).toEqual(noted)
})

it('sends each of 200 mails once with eight senders at it', async () => {
  const processes = times(8, () => openDatabase(toy.url, 4))
  const transport = recordingTransport()
  try {
    const rivals = processes.map((database) => toy.startSender(transport, { database }))
    for (const no of times(200, (index) => index)) await toy.queue(mailTo(`person${no}@example.org`))
    await Promise.all(rivals.map((rival) => rival.drain()))
    expect(transport.sent().map(({ to }) => to)).toEqual(times(200, (no) => `person${no}@example.org`))
    const [count] = await toy.database.sql`
      select count(*)::int as sent from toy.mail where sent_at is not null and attempts = 1 and sealed is null`
    expect(count?.sent).toBe(200)
  } finally {
    await toy.stopSenders()
    await Promise.all(processes.map((database) => database.close()))
  }
})
