import type { Database } from '../database.ts'
import { within } from '../health/checks.ts'
import type { Log } from '../log.ts'
import type { Signals } from '../signals.ts'
import type { Envelope, Transport } from './envelope.ts'
import { openEventStream } from './jetstream.ts'
import { createMailboxes } from './mailboxes.ts'
import { beginAtEnd, countUnread } from './read-position.ts'
import { type StreamReader, startStreamReader } from './stream-reader.ts'

export interface NatsOptions {
  /** `nats://…` of the server or, by commas, of the servers of a cluster. */
  url: string
  /** The house's stream on it. */
  stream: string
}

/** Whoever asks how the house is does not wait for a broker that is away. */
const unreadMs = 1_000

/**
 * Events over NATS JetStream, for domains with databases of their own. The stream carries; what makes delivery exact is
 * the same as with PostgreSQL alone: the publisher's outbox is the source, and the consumer's mailbox keeps order, tries
 * again and sets aside. How far a consumer has read stands in its own database.
 */
export function createNatsTransport(
  { url, stream: name }: NatsOptions,
  database: Database,
  signals: Signals,
  log: Log,
): Transport {
  const stream = openEventStream(url, name, log)
  const mailboxes = createMailboxes(database, signals, log)
  const readers = new Set<StreamReader>()
  return {
    name: 'nats',
    /** Aggregates side by side, the events of each one after the other: a failed one must not be overtaken by its next. */
    async publish(envelopes) {
      const chains = Map.groupBy(envelopes, ({ aggregate }) => aggregate).values()
      const settled = await Promise.allSettled(Array.from(chains, (chain) => publishInOrder(chain)))
      const failed = settled.find((one) => one.status === 'rejected')
      if (failed) throw failed.reason
    },
    async register(consumer, eventNames) {
      await begin(consumer)
      await mailboxes.register({ name: consumer, eventNames })
    },
    async consume(consumer, eventNames, handle) {
      await begin(consumer)
      const mailbox = await mailboxes.open({ name: consumer, eventNames, handle })
      const reader = startStreamReader({
        sql: database.sql,
        stream,
        consumer,
        log,
        deposited: mailboxes.wake,
      })
      readers.add(reader)
      return {
        async stop() {
          readers.delete(reader)
          await reader.stop()
          await mailbox.stop()
        },
      }
    },
    async drain() {
      const { lastSeq } = await stream.state()
      await Promise.all([...readers].map((reader) => reader.until(lastSeq)))
      await mailboxes.drain()
    },
    async unread(consumer) {
      try {
        return await within(unreadMs, async () => countUnread(database.sql, consumer, await stream.state()))
      } catch {
        return null
      }
    },
    async hasWaiting() {
      const { lastSeq } = await stream.state()
      const seqs = await Promise.all([...readers].map((reader) => reader.seq()))
      return seqs.some((seq) => seq < lastSeq) || mailboxes.hasWaiting()
    },
    async close() {
      await Promise.all([...readers].map((reader) => reader.stop()))
      await mailboxes.close()
      await stream.close()
    },
  }

  /** Before it subscribes: what is published between the two is for it. */
  async function begin(consumer: string): Promise<void> {
    try {
      await beginAtEnd(database.sql, consumer, stream)
    } catch (err) {
      // Too much is better than too little, and than waiting for the broker.
      log.warn({ err, consumer }, 'a consumer that may be new hears all that the stream holds')
    }
  }

  async function publishInOrder(chain: readonly Envelope[]): Promise<void> {
    for (const envelope of chain) await stream.publish(envelope)
  }
}
