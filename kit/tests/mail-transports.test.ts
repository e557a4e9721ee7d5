import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../config.ts'
import { folderTransport } from '../mail/folder-transport.ts'
import { logTransport } from '../mail/log-transport.ts'
import { MailAddressRefused, MailRefused, type MailTransport, parseSender } from '../mail/message.ts'
import { smtpTransport } from '../mail/smtp-transport.ts'
import { mailTransportFrom } from '../mail/transport-from.ts'
import { captureLog } from './support/capture-log.ts'
import { startSmtpServer } from './support/smtp-server.ts'
import { times } from './support/toy.ts'
import { createMailToy, mailTo } from './support/toy-mail.ts'

const from = { name: 'Guildhall, the house', address: 'guildhall@house.example' }
const createdAt = new Date('2026-05-01T12:00:00.000Z')
const stampOf = (no = 1) => ({ id: `01890000-0000-7000-8000-00000000000${no}`, createdAt })
const minute = 60_000

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
const open = <T extends { close(): Promise<unknown> }>(opened: T): T => {
  closing.push(() => opened.close())
  return opened
}
const serve = async (options?: Parameters<typeof startSmtpServer>[0]) => open(await startSmtpServer(options))
const smtp = (url: string): MailTransport => open(smtpTransport(url, from))

const folder = mkdtempSync(path.join(tmpdir(), 'guildhall-mail-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let folders = 0
const newFolder = () => path.join(folder, String(folders++), 'mail')

it('hands a mail to a real SMTP server', async () => {
  const server = await serve()
  await smtp(server.url).send(
    mailTo('ada@example.org', {
      subject: 'Grüße 🐟',
      text: 'Willkommen, größte Ada!',
      html: '<p>Willkommen</p>',
    }),
    stampOf(),
  )
  expect(server.received).toMatchObject([{ from: from.address, to: ['ada@example.org'] }])
  const { headers, body } = server.received[0] ?? { headers: {}, body: '' }
  expect(headers).toMatchObject({
    from: '"Guildhall, the house" <guildhall@house.example>',
    to: 'ada@example.org',
    subject: expect.stringMatching(/^=\?UTF-8\?/),
    date: 'Fri, 01 May 2026 12:00:00 +0000',
    'message-id': `<${stampOf().id}@house.example>`,
    'auto-submitted': 'auto-generated',
    'content-type': expect.stringContaining('multipart/alternative'),
  })
  expect(body).toContain('gr=C3=B6=C3=9Fte Ada!')
})

it('sends many mails over few connections', async () => {
  const server = await serve()
  const transport = smtp(server.url)
  await Promise.all(times(40, (no) => transport.send(mailTo(`person${no}@example.org`), stampOf())))
  expect(server.received.map(({ to }) => to[0]).sort()).toEqual(
    times(40, (no) => `person${no}@example.org`).sort(),
  )
  expect(server.connections()).toBeLessThanOrEqual(5)
})

it('logs in with what the URL holds, and shows it to nobody when that fails', async () => {
  const server = await serve({ login: { user: 'house', password: 'swordfish' } })
  const url = (password: string) => server.url.replace('smtp://', `smtp://house:${password}@`)
  await smtp(url('swordfish')).send(mailTo('ada@example.org'), stampOf())
  expect(server.received).toHaveLength(1)
  const error: unknown = await smtp(url('wrong-password'))
    .send(mailTo('ada@example.org'), stampOf())
    .catch((thrown) => thrown)
  // Somebody can mend it: the mail is kept.
  expect(error).not.toBeInstanceOf(MailRefused)
  expect(String(error)).toContain('535')
  expect(String(error)).not.toContain('wrong-password')
})

it.each([
  ['the recipient', 'RCPT TO', 550, true, true],
  ['relaying to the recipient', 'RCPT TO', 554, true, false],
  ['the recipient, for now', 'RCPT TO', 451, false, false],
  ['the content', 'DATA', 554, true, false],
  ['the content, for now', 'DATA', 452, false, false],
  ['the sender', 'MAIL FROM', 550, false, false],
] as const)('tells whether %s is refused for good, and all that goes there', async (...row) => {
  const [, command, code, isForGood, isOfAddress] = row
  const server = await serve({ refuse: { [command]: code } })
  const error: unknown = await smtp(server.url)
    .send(mailTo('ada@example.org'), stampOf())
    .catch((thrown) => thrown)
  expect(String(error)).toContain(String(code))
  expect(error instanceof MailRefused).toBe(isForGood)
  expect(error instanceof MailAddressRefused).toBe(isOfAddress)
  expect(server.received).toEqual([])
})

it('delivers through senders once the server is back, and gives up what it refuses', async () => {
  const toy = open(await createMailToy())
  const first = await startSmtpServer()
  await first.close()
  const sender = toy.startSender(smtp(first.url))
  await toy.queue(mailTo('ada@example.org'))
  await toy.queue(mailTo('nobody@example.org'))
  await sender.drain()
  expect(await toy.rows()).toMatchObject(times(2, () => ({ attempts: 1, sentAt: null, failedAt: null })))
  expect((await toy.rows())[0]?.lastError).toContain('ECONNREFUSED')

  const server = await serve({ port: first.port, unknown: ['nobody@example.org'] })
  toy.clock.advance(2 * minute)
  await sender.drain()
  expect(server.received.map(({ to }) => to)).toEqual([['ada@example.org']])
  const [sent, refused] = (await toy.rows()).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  expect(sent).toMatchObject({ sealed: null, sentAt: toy.clock.now(), attempts: 2, lastError: null })
  expect(refused).toMatchObject({ sealed: null, sentAt: null, failedAt: toy.clock.now(), attempts: 2 })
  expect(refused?.lastError).toContain('550')
  expect(refused?.lastError).not.toContain('nobody')
})

it('writes one whole file per mail, also when it is sent twice', async () => {
  const target = newFolder()
  const transport = open(folderTransport(target, from))
  await transport.send(mailTo('ada@example.org'), stampOf(1))
  await transport.send(mailTo('ada@example.org'), stampOf(1))
  await transport.send(mailTo('bob@example.org'), stampOf(2))
  expect(readdirSync(target)).toEqual(times(2, (no) => `2026-05-01T12-00-00.000Z-${stampOf(no + 1).id}.eml`))
  const file = path.join(target, readdirSync(target)[0] ?? '')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readFileSync(file, 'utf8')).toMatch(/^[\s\S]*\r\nSubject: Welcome\r\n[\s\S]*\r\n\r\nFollow /)
})

it('says in the log that something was not sent, and only to developers what and to whom', async () => {
  for (const withText of [true, false]) {
    const { log, lines } = captureLog()
    await logTransport(log, withText).send(mailTo('ada@example.org'), stampOf())
    expect(lines).toEqual([
      {
        level: 40,
        kind: 'toy.welcome',
        ...(withText ? { to: 'a…@example.org', subject: 'Welcome', text: mailTo('').text } : {}),
        msg: 'mail not sent: neither SMTP_URL nor MAIL_FOLDER is set',
      },
    ])
  }
})

const expectedHeaders =
  'from to subject date message-id auto-submitted mime-version content-type content-transfer-encoding'.split(
    ' ',
  )

it('lets nothing begin a header, a recipient or a command of its own', async () => {
  const server = await serve()
  const target = newFolder()
  const sinks = [smtp(server.url), open(folderTransport(target, from)), logTransport(captureLog().log, true)]
  const breaks = ['\r\n', '\n', '\r', '\u2028', '\u0085', '\0']
  for (const sink of sinks) {
    for (const [index, end] of breaks.entries()) {
      const evil = `${end}Bcc: mallory@example.org${end}${end}.${end}MAIL FROM:<mallory@example.org>`
      await sink.send(
        mailTo('ada@example.org', { subject: `Hello${evil}`, text: `Hello${evil}` }),
        stampOf(index),
      )
      for (const wrong of [
        mailTo(`ada@example.org${evil}`),
        mailTo(`"${evil}"@example.org`),
        mailTo('ada@example.org', { headers: { 'X-Kind': `x${evil}` } }),
        mailTo('ada@example.org', { headers: { [`X${evil}`]: 'x' } }),
      ])
        await expect(sink.send(wrong, stampOf())).rejects.toBeInstanceOf(MailRefused)
    }
  }
  expect(server.received.map(({ from: sender, to }) => [sender, to])).toEqual(
    breaks.map(() => [from.address, ['ada@example.org']]),
  )
  const written = readdirSync(target).map((name) => readFileSync(path.join(target, name), 'latin1'))
  expect(written).toHaveLength(breaks.length)
  for (const mail of [...written, ...server.received.map(({ raw }) => raw)]) {
    const head = mail.slice(0, mail.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]/g, ' ')
    const names = head.split('\r\n').map((line) => line.slice(0, line.indexOf(':')).toLowerCase())
    expect(new Set(names)).toEqual(new Set(expectedHeaders))
    expect(head).not.toMatch(/[\r\n\0]bcc/i)
  }
})

it('reads who sends, and takes no sender with a line break', () => {
  expect(parseSender('Guildhall <guildhall@localhost>')).toEqual({
    name: 'Guildhall',
    address: 'guildhall@localhost',
  })
  expect(parseSender('"Guild, hall" <a@b.example>')).toEqual({ name: 'Guild, hall', address: 'a@b.example' })
  expect(parseSender('a@b.example')).toEqual({ name: '', address: 'a@b.example' })
  for (const wrong of ['', 'Guildhall', 'A <b>', 'A\r\nBcc: x@y.example <a@b.example>', 'A <a@b.example> B'])
    expect(parseSender(wrong)).toBeNull()
})

it('goes where the configuration says', async () => {
  const server = await serve()
  const [target, { log, lines }] = [newFolder(), captureLog()]
  const send = (environment: NodeJS.ProcessEnv) =>
    open(mailTransportFrom(readConfig(environment), log)).send(mailTo('ada@example.org'), stampOf())
  await send({ SMTP_URL: server.url, MAIL_FOLDER: target })
  await send({ MAIL_FOLDER: target })
  await send({ NODE_ENV: 'production' })
  expect([server.received.length, readdirSync(target).length, lines.length]).toEqual([1, 1, 1])
  expect(JSON.stringify(lines)).not.toContain('open-sesame')
  expect(() => mailTransportFrom(readConfig({ MAIL_FROM: 'nobody' }), log)).toThrow(ConfigError)
})
