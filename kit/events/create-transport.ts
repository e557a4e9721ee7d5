import type { Config } from '../config.ts'
import { ConfigError } from '../config.ts'
import type { Database } from '../database.ts'
import type { Log } from '../log.ts'
import type { Signals } from '../signals.ts'
import type { Transport } from './envelope.ts'
import { createNatsTransport } from './nats-transport.ts'
import { createPostgresTransport } from './postgres-transport.ts'

/** The part of the configuration that says how events travel. */
export type TransportConfig = Pick<Config, 'EVENT_TRANSPORT' | 'NATS_URL' | 'NATS_STREAM'>

/** The transport that the configuration names. @throws ConfigError when it is not told where the broker is. */
export function createTransport(
  { EVENT_TRANSPORT, NATS_URL, NATS_STREAM }: TransportConfig,
  database: Database,
  signals: Signals,
  log: Log,
): Transport {
  if (EVENT_TRANSPORT === 'postgres') return createPostgresTransport(database, signals, log)
  if (!NATS_URL) throw new ConfigError('NATS_URL is not set: EVENT_TRANSPORT=nats needs a server.')
  return createNatsTransport({ url: NATS_URL, stream: NATS_STREAM }, database, signals, log)
}
