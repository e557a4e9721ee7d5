import type { Database } from '../database.ts'
import type { Log } from '../log.ts'
import type { Signals } from '../signals.ts'
import type { Transport } from './envelope.ts'
import { createMailboxes } from './mailboxes.ts'

/** The default transport: publishers put events straight into the mailboxes, all in one database. */
export function createPostgresTransport(database: Database, signals: Signals, log: Log): Transport {
  const mailboxes = createMailboxes(database, signals, log)
  return {
    name: 'postgres',
    publish: mailboxes.deposit,
    register: (name, eventNames) => mailboxes.register({ name, eventNames }),
    consume: (name, eventNames, handle) => mailboxes.open({ name, eventNames, handle }),
    drain: mailboxes.drain,
    unread: async () => 0,
    hasWaiting: mailboxes.hasWaiting,
    close: mailboxes.close,
  }
}
