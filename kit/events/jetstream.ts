import {
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream'
import { connect, type NatsConnection, nanos } from '@nats-io/transport-node'
import type { Log } from '../log.ts'
import type { Envelope } from './envelope.ts'

const day = 86_400_000
/** As long as outboxes are kept: what is older can be had from nobody anyway. */
const keptMs = 7 * day
/** A relay that was cut between handing over and remembering tries again long before. */
const duplicateWindowMs = 600_000
const publishTimeoutMs = 2_000

/** The house's stream on a NATS server. */
export interface EventStream {
  /** @throws when the server has not taken the event. A second hand-over within ten minutes is passed over. */
  publish(envelope: Envelope): Promise<void>
  /** When the stream was made, and the number of its last event. */
  state(): Promise<{ made: string; lastSeq: number }>
  /** Events from a number on, in order, and further ones as they come. */
  readFrom(seq: number): Promise<ConsumerMessages>
  /**
   * Tells when the connection was lost and is there again: whoever reads has to begin anew, because the server may have
   * forgotten them, which the client would notice half a minute later.
   */
  onReconnect(listener: () => void): () => void
  close(): Promise<void>
}

/**
 * Connects in the background: a server that is away keeps nobody from starting, and each call waits for it or fails.
 *
 * @param name of the stream; its subjects are `<name>.event.<event name>`.
 */
export function openEventStream(url: string, name: string, log: Log): EventStream {
  let opened: Promise<Opened> | undefined
  let isClosed = false
  const listeners = new Set<() => void>()
  /** One attempt at a time; a failed one is forgotten, so that the next caller tries anew. */
  const open = (): Promise<Opened> => {
    if (isClosed) return Promise.reject(new Error('the event stream is closed'))
    opened ??= openStream(url, name, listeners, log).catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return opened
  }
  return {
    async publish(envelope) {
      const { client } = await open()
      await client.publish(`${name}.event.${envelope.name}`, JSON.stringify(envelope), {
        msgID: envelope.id,
        timeout: publishTimeoutMs,
      })
    },
    async state() {
      const { manager } = await open()
      const { created, state } = await manager.streams.info(name)
      return { made: created, lastSeq: state.last_seq }
    },
    async readFrom(seq) {
      const { client } = await open()
      const consumer = await client.consumers.get(name, {
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: seq,
      })
      return consumer.consume({ max_messages: 500 })
    },
    onReconnect(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    async close() {
      isClosed = true
      await opened?.then(({ connection }) => connection.close()).catch(() => {})
    },
  }
}

interface Opened {
  connection: NatsConnection
  client: JetStreamClient
  manager: JetStreamManager
}

async function openStream(
  url: string,
  name: string,
  listeners: ReadonlySet<() => void>,
  log: Log,
): Promise<Opened> {
  const connection = await connect({
    servers: url,
    name: 'guildhall',
    timeout: 2_000,
    maxReconnectAttempts: -1,
  })
  connection.closed().then((error) => {
    if (error) log.error({ err: error }, 'connection to the broker is lost for good')
  })
  void tellReconnects(connection, listeners)
  try {
    const manager = await jetstreamManager(connection)
    const config = {
      subjects: [`${name}.event.>`],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      max_age: nanos(keptMs),
      duplicate_window: nanos(duplicateWindowMs),
    }
    // Made by whoever comes first; asking for the same again changes nothing.
    await manager.streams.add({ name, ...config }).catch(() => manager.streams.update(name, config))
    return { connection, client: jetstream(connection), manager }
  } catch (error) {
    await connection.close()
    throw error
  }
}

/** Ends with the connection. */
async function tellReconnects(connection: NatsConnection, listeners: ReadonlySet<() => void>): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === 'reconnect') for (const listener of listeners) listener()
  }
}
