import { getTableConfig } from 'drizzle-orm/pg-core'
import type { DomainRuntime } from '../context.ts'
import { createWorker, type Worker } from '../worker.ts'
import { type MailMessage, MailRefused, type MailTransport } from './message.ts'
import { mailPlace, mailSignal } from './queue.ts'
import type { MailTable } from './tables.ts'

/** Attempts before a mail is given up; with the backoff below about ten hours pass. */
export const attemptsMax = 8

const pollMs = 1_000
/** Mails that one sender has under way at a time. */
const lanes = 5
/** Longer than a transport may take: only a dead sender's mails are taken over. */
const leaseMs = 60_000
const [firstDelayMs, lastDelayMs] = [60_000, 6 * 3_600_000]

/** Sends the mails of a domain; any number of them may work on one table. */
export interface MailSender extends Worker {
  /** Whether a mail could be sent now. */
  hasWaiting(): Promise<boolean>
}

/**
 * Starts a sender. It leases what is due by pushing `available_at` ahead, sends outside of any transaction, and notes
 * the result on the condition that nobody else has.
 */
export function startMailSender(
  runtime: DomainRuntime,
  table: MailTable,
  transport: MailTransport,
): MailSender {
  const { name, schema } = getTableConfig(table)
  const queue: Queue = { ...runtime, tableName: `${schema}.${name}`, transport }
  const worker = createWorker(`mail ${runtime.domain}`, runtime.log, pollMs, () => sendBatch(queue))
  const stopListening = runtime.signals.listen(mailSignal, (domain) => {
    if (domain === null || domain === runtime.domain) worker.wake()
  })
  return {
    ...worker,
    async hasWaiting() {
      const { background } = runtime.database
      const [due] = await background`
        select 1 from ${background(queue.tableName)}
        where sent_at is null and failed_at is null and available_at <= ${runtime.clock.now()} limit 1`
      return due !== undefined
    },
    stop() {
      stopListening()
      return worker.stop()
    },
  }
}

interface Queue extends DomainRuntime {
  tableName: string
  transport: MailTransport
}

interface Lease {
  id: string
  sealed: string
  /** This one included; also tells this lease from a later one. */
  attempts: number
  createdAt: Date
}

/** @returns false when nothing is due. */
async function sendBatch(queue: Queue): Promise<boolean> {
  const leases = await leaseDue(queue)
  const results = await Promise.allSettled(leases.map((lease) => sendLeased(queue, lease)))
  for (const result of results) if (result.status === 'rejected') throw result.reason
  return leases.length > 0
}

/** An attempt counts when it begins: a mail that kills its sender does not do so for ever. */
async function leaseDue({ database: { background: sql }, tableName, clock }: Queue): Promise<Lease[]> {
  const now = clock.now()
  return sql<Lease[]>`
    update ${sql(tableName)} set
      attempts = attempts + 1, available_at = ${new Date(now.getTime() + leaseMs)}
    where id = any(array(
      select id from ${sql(tableName)}
      where sent_at is null and failed_at is null and available_at <= ${now}
      order by available_at, id limit ${lanes}
      for update skip locked))
    returning id, sealed, attempts, created_at as "createdAt"`
}

async function sendLeased(queue: Queue, lease: Lease): Promise<void> {
  const { log, transport, vault } = queue
  const { id, attempts } = lease
  try {
    if (attempts > attemptsMax) throw new MailRefused('every sender died with it')
    const message: MailMessage = JSON.parse(vault.open(lease.sealed, mailPlace(queue.domain, lease)))
    await transport.send(message, { id, createdAt: lease.createdAt })
    await noteSent(queue, lease)
    queue.tally?.('mailSent')
    log.info({ mail: id, kind: message.kind, attempts }, 'mail sent')
  } catch (error) {
    const reason = withoutPeople(error instanceof Error ? error.message : String(error))
    const isOver = error instanceof MailRefused || attempts >= attemptsMax
    await noteFailed(queue, lease, reason, isOver)
    if (isOver) queue.tally?.('mailGivenUp')
    if (isOver) log.error({ mail: id, attempts, reason }, 'mail given up')
    else log.warn({ mail: id, attempts, reason }, 'mail not sent, will be tried again')
  }
}

/** Sent is sent, also if the lease has run out meanwhile. */
async function noteSent(
  { database: { background: sql }, tableName, clock }: Queue,
  { id }: Lease,
): Promise<void> {
  await sql`
    update ${sql(tableName)} set sent_at = ${clock.now()}, sealed = null, last_error = null
    where id = ${id} and sent_at is null and failed_at is null`
}

/** After a lease has run out another sender decides. */
async function noteFailed(
  { database: { background: sql }, tableName, clock }: Queue,
  { id, attempts }: Lease,
  reason: string,
  isOver: boolean,
): Promise<void> {
  const now = clock.now()
  const isMine = sql`id = ${id} and attempts = ${attempts} and sent_at is null and failed_at is null`
  if (isOver)
    await sql`update ${sql(tableName)} set failed_at = ${now}, sealed = null, last_error = ${reason} where ${isMine}`
  else
    await sql`
      update ${sql(tableName)} set
        available_at = ${new Date(now.getTime() + delayMs(attempts))}, last_error = ${reason}
      where ${isMine}`
}

/** Exponential from 1 minute to 6 hours, each ± 20 %. */
function delayMs(attempts: number): number {
  const exponent = (attempts - 1) / (attemptsMax - 2)
  return firstDelayMs * (lastDelayMs / firstDelayMs) ** exponent * (0.8 + 0.4 * Math.random())
}

/** Servers repeat addresses, and at times links: neither belongs into a column or a log that is not sealed. */
const withoutPeople = (text: string): string =>
  text
    .replace(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, '…@…')
    .replace(/\bhttps?:\S+/gi, '…')
    .slice(0, 500)
