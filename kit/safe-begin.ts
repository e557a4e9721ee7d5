import { setTimeout as pause } from 'node:timers/promises'
import type postgres from 'postgres'
import type { PoolWatch } from './database.ts'
import { ServiceUnavailable } from './errors.ts'
import { isDatabaseAway } from './postgres-error.ts'
import { createSlots } from './slots.ts'
import { seen } from './statements.ts'

/** How long after a connection error we wait to see whether the transaction's own connection was lost. */
const lossNoticeMs = 100

/** How long a transaction waits for a free connection before its caller is told to come back: less than a domain's 5 s. */
const usualWaitMs = 4_000

/** Who makes room looks again so often whether there is a rush, and goes on after so long although there is. */
const [yieldMs, yieldMaxMs] = [20, 5_000]

export interface SafeBeginOptions {
  /**
   * Transactions at once; below the size of the pool, so that a body which reads outside of its transaction cannot wait
   * for a connection that only its like could give back. Default: as many as the pool has connections.
   */
  most?: number
  /** How long one waits for its turn. Default: 4 s. */
  waitMs?: number
  watch?: PoolWatch | undefined
  /** Makes room while this is true, for five seconds at most. */
  yieldsTo?: () => boolean
}

/** Whether a transaction may still use its connection. */
interface Life {
  over: boolean
  end(): void
  ended: Promise<void>
}

/**
 * Makes `sql.begin` safe against a lost connection, and keeps connections free for single statements.
 *
 * postgres.js (3.4) goes on using a transaction's connection after it was lost: the body's next statement, or the
 * rollback, is written to a socket that is gone, which ends the process, or into another transaction that has the
 * connection by now. Here nothing is sent for a transaction that is over.
 *
 * @returns whether transactions are waiting for a connection.
 */
export function makeBeginSafe(
  sql: postgres.Sql,
  { most = Number.POSITIVE_INFINITY, waitMs = usualWaitMs, watch, yieldsTo }: SafeBeginOptions = {},
): () => boolean {
  const begin = sql.begin.bind(sql) as (...args: unknown[]) => Promise<unknown>
  const slots = createSlots(most, waitMs, watch)
  const safeBegin = async (...args: unknown[]): Promise<unknown> => {
    for (let waited = 0; yieldsTo?.() && waited < yieldMaxMs; waited += yieldMs) await pause(yieldMs)
    const release = await slots.take()
    const life = createLife()
    try {
      return await begin(...args.slice(0, -1), bodyOf(args.at(-1) as Body, life, watch))
    } finally {
      life.end()
      release()
    }
  }
  sql.begin = safeBegin as typeof sql.begin
  return slots.isCrowded
}

type Body = (tx: postgres.TransactionSql) => unknown

/** The body, with a client that refuses when all is over; its end is kept from postgres.js if nobody waits for it. */
const bodyOf =
  (work: Body, life: Life, watch: PoolWatch | undefined): Body =>
  async (tx) => {
    try {
      const statements = work(guarded(tx, life, watch))
      return await (Array.isArray(statements) ? Promise.all(statements) : statements)
    } catch (error) {
      if (isDatabaseAway(error)) await Promise.race([life.ended, pause(lossNoticeMs)])
      throw error
    } finally {
      // Never settles: postgres.js would answer the end of the body with a commit or a rollback.
      if (life.over) await new Promise(() => {})
    }
  }

function guarded(
  tx: postgres.TransactionSql,
  life: Life,
  watch: PoolWatch | undefined,
): postgres.TransactionSql {
  const send = (target: unknown, args: unknown[]): unknown => {
    if (life.over) throw new ServiceUnavailable(undefined, new Error('the transaction lost its connection'))
    const query = (target as (...args: unknown[]) => unknown)(...args)
    if (query instanceof Promise) noticeLoss(query as unknown as Rejectable, life)
    return watch ? seen(query, watch.statement) : query
  }
  return new Proxy(tx, {
    apply: (target, _self, args) => send(target, args),
    get(target, name) {
      if (name === 'unsafe') return (...args: unknown[]) => send(target.unsafe, args)
      if (name === 'savepoint') {
        return (...args: unknown[]) =>
          send(target.savepoint, [...args.slice(0, -1), bodyOf(args.at(-1) as Body, life, watch)])
      }
      return Reflect.get(target, name)
    },
  })
}

/** What postgres.js calls when a statement fails. */
interface Rejectable {
  reject?(error: unknown): void
}

/** Ends the transaction's life in the moment its connection fails, before the body hears of it and goes on. */
function noticeLoss(query: Rejectable, life: Life): void {
  const { reject } = query
  if (!reject) return
  query.reject = (error) => {
    if (isDatabaseAway(error)) life.end()
    reject(error)
  }
}

function createLife(): Life {
  const { promise, resolve } = Promise.withResolvers<void>()
  const life: Life = {
    over: false,
    ended: promise,
    end() {
      life.over = true
      resolve()
    },
  }
  return life
}
