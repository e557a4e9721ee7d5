import { sql } from 'drizzle-orm'
import type { DomainRuntime } from '../../context.ts'
import type { EventContract } from '../../contract.ts'
import { type Database, openDatabase } from '../../database.ts'
import { startConsumer } from '../../events/consumer.ts'
import { createTransport, type TransportConfig } from '../../events/create-transport.ts'
import { type Envelope, type EventHandler, reactTo, type Transport } from '../../events/envelope.ts'
import { startRelay } from '../../events/relay.ts'
import { createLog } from '../../log.ts'
import { done } from '../../outcome.ts'
import { openSignals } from '../../signals.ts'
import type { Worker } from '../../worker.ts'
import type { Toy } from './toy.ts'
import { boxMade, boxMoved, contextIn } from './toy-domain.ts'

type Numbered = { boxId: string; no: number }

/** What one process of a house has: connections, a transport, and the toy domain's relay. */
export interface ToyProcess {
  database: Database
  runtime: DomainRuntime
  transport: Transport
  relay: Worker
  /** Consumes both toy events by writing them into `toy.seen`, with the inbox, after `before` has passed. */
  consume(before?: EventHandler): Promise<void>
  /** Emits events, one transaction each. */
  emit(boxId: string, ...numbers: number[]): Promise<void>
  /** Relays and handles everything that can be handled now. */
  settle(): Promise<void>
  close(): Promise<void>
}

/** The transport that needs nothing. */
export const overPostgres: TransportConfig = { EVENT_TRANSPORT: 'postgres', NATS_STREAM: 'unused' }

/** @param published told of what the relay hands to the transport, after it was handed over. */
export async function openProcess(
  toy: Pick<Toy, 'url' | 'runtime'>,
  carrier: TransportConfig,
  published: (envelopes: readonly Envelope[]) => void | Promise<void> = () => {},
): Promise<ToyProcess> {
  const log = createLog('silent')
  const database = openDatabase(toy.url)
  const signals = await openSignals(database.sql, log)
  const transport = createTransport(carrier, database, signals, log)
  const runtime: DomainRuntime = { ...toy.runtime, database, signals, outboxWritten: () => relay.wake() }
  const observed: Transport = {
    ...transport,
    publish: async (envelopes) => {
      await transport.publish(envelopes)
      await published(envelopes)
    },
  }
  const relay = startRelay(runtime, observed)
  return {
    database,
    runtime,
    transport,
    relay,
    async consume(before) {
      const reaction = (event: EventContract<Numbered>) =>
        reactTo(event, {
          prepare: async (_ctx, envelope) => before?.(envelope),
          async apply(tx, { payload }) {
            await tx.execute(
              sql`insert into toy.seen (consumer, aggregate, no) values ('toy', ${payload.boxId}, ${payload.no})`,
            )
          },
          isLocal: event === boxMade,
        })
      await startConsumer(runtime, [reaction(boxMade), reaction(boxMoved)], transport)
    },
    async emit(boxId, ...numbers) {
      for (const no of numbers) {
        await contextIn(runtime).transaction('emit', async (tx) => {
          await tx.emit(boxMade, { boxId, no })
          return done(null)
        })
      }
    },
    async settle() {
      do {
        await relay.drain()
        await transport.drain()
      } while (await transport.hasWaiting())
    },
    async close() {
      await relay.stop()
      await transport.close()
      await signals.close()
      await database.close()
    },
  }
}

/** What was heard of an aggregate, in the order of the commits. */
export async function seenOf({ database }: Toy, aggregate: string): Promise<number[]> {
  const rows = await database.sql`select no from toy.seen where aggregate = ${aggregate} order by seq`
  return rows.map((row) => row.no)
}
