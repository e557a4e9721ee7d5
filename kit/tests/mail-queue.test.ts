import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { openDatabase } from '../database.ts'
import { queueMail } from '../mail/queue.ts'
import { mailRetention } from '../mail/retention.ts'
import { failed } from '../outcome.ts'
import { openSignals } from '../signals.ts'
import { recordingTransport } from '../testing/recording-transport.ts'
import { contextIn } from './support/toy.ts'
import { startToyHost } from './support/toy-host.ts'
import { createMailTable, createMailToy, type MailToy, mails, mailTo, queue } from './support/toy-mail.ts'
import { declareToy, toyContract } from './support/toy-subgraph.ts'

const day = 86_400_000

let toy: MailToy
beforeAll(async () => {
  toy = await createMailToy()
})
afterAll(() => toy.close())
beforeEach(() => toy.database.sql`truncate toy.mail`.then(() => {}))
afterEach(() => toy.stopSenders())

it('refuses to queue what could never be sent', async () => {
  for (const to of [
    '',
    'ada',
    'ada@example.org, bob@example.org',
    'ada@example.org\r\nBcc: bob@example.org',
    '<ada@example.org>',
  ])
    await expect(toy.queue(mailTo(to))).rejects.toThrow('the recipient is not a mail address')
  for (const headers of [
    { Bcc: 'bob@example.org' },
    { 'Content-Type': 'x' },
    { 'X A': 'x' },
    { 'X-A\r\nBcc': 'x' },
  ])
    await expect(toy.queue(mailTo('ada@example.org', { headers }))).rejects.toThrow(
      'a header that is not for callers',
    )
  await expect(
    toy.queue(mailTo('ada@example.org', { headers: { 'X-A': 'x\r\nBcc: bob@example.org' } })),
  ).rejects.toThrow('the header X-A holds a control character')
  expect(await toy.rows()).toEqual([])
})

it('forgets mails 30 days after they were sent or given up, and those that wait never', async () => {
  const ctx = contextIn(toy.runtime)
  const at = (days: number) => new Date(toy.clock.now().getTime() - days * day)
  const row = (id: number, more: object) => ({
    id: `00000000-0000-7000-8000-00000000000${id}`,
    availableAt: at(60),
    createdAt: at(60),
    ...more,
  })
  await toy.database.db
    .insert(mails)
    .values([
      row(1, { sentAt: at(30) }),
      row(2, { sentAt: at(29) }),
      row(3, { failedAt: at(31) }),
      row(4, {}),
    ])
  await mailRetention(mails).run(ctx)
  expect((await toy.rows()).map(({ id }) => id.at(-1)).sort()).toEqual(['2', '4'])
})

it('runs in a host for every domain that declares its table, and settles with it', async () => {
  const house = await startToyHost([declareToy({ contract: toyContract, mail: mails })], async (own) => {
    await createMailTable(own)
  })
  const { runtime, definition } = house.host.subgraphs.toy ?? {}
  if (!runtime || !definition) throw new Error('no toy')
  await queue(mailTo('ada@example.org'), runtime)
  await house.host.settle()
  expect(house.mail.sent().map(({ to }) => to)).toEqual(['ada@example.org'])
  expect(definition.schedules.map(({ name }) => name)).toEqual(['pruneBackbone', 'forgetOldMails', 'reseal'])
  await house.close()
})

it('sends nothing of a command that was rolled back', async () => {
  const ctx = contextIn(toy.runtime)
  await ctx.transaction('queue', async (tx) => {
    await queueMail(ctx, tx, mails, mailTo('ada@example.org'))
    return failed({ __typename: 'InputError', code: 'NO', message: 'No.', path: [] })
  })
  const transport = recordingTransport()
  await toy.startSender(transport).drain()
  expect([transport.sent(), await toy.rows()]).toEqual([[], []])
})

it('is woken by the commit, and not only by its poll', async () => {
  const database = openDatabase(toy.url, 4)
  const signals = await openSignals(database.sql, toy.runtime.log)
  const transport = recordingTransport()
  const sender = toy.startSender(transport, { database, signals })
  await sender.drain()
  const startedAt = performance.now()
  await queue(mailTo('ada@example.org'), { ...toy.runtime, database, signals })
  while (transport.sent().length === 0 && performance.now() - startedAt < 5_000) await pause(2)
  expect(transport.sent()).toHaveLength(1)
  expect(performance.now() - startedAt).toBeLessThan(800)
  await sender.stop()
  await signals.close()
  await database.close()
})
