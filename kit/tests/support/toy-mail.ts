import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { DomainRuntime } from '../../context.ts'
import type { MailMessage, MailTransport } from '../../mail/message.ts'
import { queueMail } from '../../mail/queue.ts'
import { type MailSender, startMailSender } from '../../mail/sender.ts'
import { mailTable } from '../../mail/tables.ts'
import { done } from '../../outcome.ts'
import { recordingTransport } from '../../testing/recording-transport.ts'
import { contextIn, createToy, type Toy, toySchema } from './toy.ts'

export const mails = mailTable(toySchema)

/** Gives the toy domain its table. */
export const createMailTable = ({ database }: Toy) =>
  database.sql.unsafe(`create table toy.mail (
  id uuid primary key, sealed text, attempts integer not null default 0, available_at timestamptz(3) not null,
  created_at timestamptz(3) not null, sent_at timestamptz(3), failed_at timestamptz(3), last_error text)`)

/** A toy that sends mails. */
export interface MailToy extends Toy {
  rows(): Promise<(typeof mails.$inferSelect)[]>
  queue(message: MailMessage): Promise<void>
  /** Stopped by {@link stopSenders} at the latest. */
  startSender(transport: MailTransport, more?: Partial<DomainRuntime>): MailSender
  stopSenders(): Promise<void>
}

export async function createMailToy(): Promise<MailToy> {
  const toy = await createToy()
  await createMailTable(toy)
  const senders: MailSender[] = []
  const stopSenders = async () => {
    await Promise.all(senders.splice(0).map((sender) => sender.stop()))
  }
  return {
    ...toy,
    rows: () => toy.database.db.select().from(mails),
    queue: (message) => queue(message, toy.runtime),
    startSender(transport, more = {}) {
      const sender = startMailSender({ ...toy.runtime, ...more }, mails, transport)
      senders.push(sender)
      return sender
    },
    stopSenders,
    close: async () => {
      await stopSenders()
      await toy.close()
    },
  }
}

/** Queues a mail in a command of its own. */
export async function queue(message: MailMessage, runtime: DomainRuntime): Promise<void> {
  const ctx = contextIn(runtime)
  await ctx.transaction('queue', async (tx) => done(await queueMail(ctx, tx, mails, message)))
}

export const mailTo = (to: string, more: Partial<MailMessage> = {}): MailMessage => ({
  to,
  subject: 'Welcome',
  text: 'Follow https://guildhall.example/verify?token=open-sesame',
  kind: 'toy.welcome',
  ...more,
})

/** A transport that fails as it is told to, until it is told nothing. */
export function failingTransport(error: () => Error | null) {
  const recording = recordingTransport()
  const asked: string[] = []
  const transport: MailTransport = {
    ...recording,
    async send(message, stamp) {
      asked.push(message.to)
      const problem = error()
      if (problem) throw problem
      await recording.send(message, stamp)
    },
  }
  return { transport, asked, sent: recording.sent }
}

/** A process that takes what waits, and is killed before it has sent it. */
export async function killWhileSending({ url, clock }: Toy): Promise<void> {
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', childScript, url, clock.now().toISOString()],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const gone = once(child, 'exit')
  const [said] = (await Promise.race([once(child.stdout, 'data'), gone])) as [unknown]
  child.kill('SIGKILL')
  await gone
  if (String(said) !== 'sending\n') throw new Error('the sender ended before it has sent anything')
}

const module = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
const childScript = `
  import { pgSchema } from 'drizzle-orm/pg-core'
  import { manualClock } from ${module('../../clock.ts')}
  import { openDatabase } from ${module('../../database.ts')}
  import { createLog } from ${module('../../log.ts')}
  import { startMailSender } from ${module('../../mail/sender.ts')}
  import { mailTable } from ${module('../../mail/tables.ts')}
  import { createVault } from ${module('../../vault.ts')}
  const [url, now] = process.argv.slice(1)
  const runtime = {
    domain: 'toy', database: openDatabase(url), clock: manualClock(new Date(now)), log: createLog('silent'),
    signals: { listen: () => () => {} }, vault: createVault({ current: 'the secret of the toy house, long enough' }),
  }
  startMailSender(runtime, mailTable(pgSchema('toy')), {
    send: () => (console.log('sending'), new Promise(() => {})), close: async () => {},
  })
  setInterval(() => {}, 1000)
`
