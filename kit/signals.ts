import type postgres from 'postgres'
import type { Log } from './log.ts'

/**
 * Wake-up hints between processes: "look again", never the data itself. Built on LISTEN/NOTIFY, which may lose hints
 * while a connection is down; therefore listeners are also called with `null` ("anything may have changed") after a
 * reconnect, and whoever must not miss anything re-reads its table.
 */
export interface Signals {
  /** Tells every process. Never part of a transaction: NOTIFY at commit takes a lock over the whole database. */
  send(channel: string, keys: readonly string[]): void
  /** @returns a function that ends the subscription. */
  listen(channel: string, listener: (key: string | null) => void): () => void
  close(): Promise<void>
}

const postgresChannel = 'guildhall'
/** NOTIFY carries less than 8000 bytes. */
const notifyMaxBytes = 7_900

/** One LISTEN connection per process, fanned out in memory. */
export async function openSignals(sql: postgres.Sql, log: Log): Promise<Signals> {
  const listeners = new Map<string, Set<(key: string | null) => void>>()
  const tell = (channel: string, key: string | null) => {
    for (const listener of listeners.get(channel) ?? []) {
      try {
        listener(key)
      } catch (error) {
        // Thrown into the driver it would end the process, and the other listeners would not be told.
        log.error({ err: error, channel }, 'signal listener failed')
      }
    }
  }
  let listening = false
  const { unlisten } = await sql.listen(
    postgresChannel,
    (text) => {
      const hint = readHint(text)
      for (const key of hint?.keys ?? []) tell(hint?.channel ?? '', key)
    },
    () => {
      if (listening) for (const channel of listeners.keys()) tell(channel, null)
      listening = true
    },
  )
  return {
    send(channel, keys) {
      for (const text of hintsOf(channel, keys)) {
        sql
          .notify(postgresChannel, text)
          .catch((error: unknown) => log.warn({ err: error }, 'signal not sent'))
      }
    },
    listen(channel, listener) {
      const set = listeners.get(channel) ?? new Set()
      listeners.set(channel, set.add(listener))
      return () => {
        set.delete(listener)
      }
    },
    close: () => unlisten(),
  }
}

interface Hint {
  channel: string
  keys: string[]
}

/** As few notifications as the keys fit into. */
function hintsOf(channel: string, keys: readonly string[]): string[] {
  const texts: string[] = []
  let batch: string[] = []
  let bytes = 0
  const flush = () => {
    if (batch.length > 0) texts.push(JSON.stringify({ channel, keys: batch } satisfies Hint))
    batch = []
    bytes = Buffer.byteLength(JSON.stringify({ channel, keys: [] }))
  }
  flush()
  for (const key of keys) {
    const size = Buffer.byteLength(JSON.stringify(key)) + 1
    if (bytes + size > notifyMaxBytes) flush()
    batch.push(key)
    bytes += size
  }
  flush()
  return texts
}

/** Anybody with access to the database can notify; what is not ours is passed over. */
function readHint(text: string): Hint | null {
  try {
    const { channel, keys } = JSON.parse(text) as Partial<Hint>
    return typeof channel === 'string' && Array.isArray(keys) ? { channel, keys } : null
  } catch {
    return null
  }
}
