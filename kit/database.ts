import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { tuneSession } from './drizzle-session.ts'
import { makeBeginSafe } from './safe-begin.ts'
import { type StatementWatch, watched } from './statements.ts'

/** Drizzle over a pool. `db` itself never runs several statements atomically: use `ctx.transaction`. */
export type Db = PostgresJsDatabase<Record<string, never>>

/** A pool, Drizzle on it, and the raw client for the kit's own kernels. */
export interface Database {
  url: string
  db: Db
  /** The same without the listener: for what the house does by the clock, which is nobody's request. */
  unheard: Db
  sql: postgres.Sql
  /**
   * A second pool, for what holds a transaction open while others work on {@link sql} (a relay its lock, a consumer its
   * delivery): on one pool many of them could wait for each other's connection for ever.
   */
  background: postgres.Sql
  /**
   * Drizzle on a third pool, for what follows from commands: reactions, schedules and other work of the house. In a rush
   * they would else take the connections that the people who caused them are waiting for; here they make room for those.
   */
  later: { db: Db; unheard: Db }
  close(): Promise<void>
}

/** Told of every statement before it is sent but for {@link Database.unheard} ones; tests count and freeze them. */
export type StatementListener = (statement: string) => void

/** Sees what a pool of connections does; there is nothing in between where nobody watches. */
export interface PoolWatch {
  statement: StatementWatch
  /** A transaction has waited so long for a connection that it may hold. */
  waited(seconds: number): void
  /** Given once: how many transactions hold a connection, and how many wait for one. */
  transactions(count: () => { running: number; waiting: number }): void
}

/** Connections for background work at most; each consumer delivers a few events at once, see the transport. */
const backgroundMax = 10

/** Connections for what follows from commands; two of them are never given to transactions. */
const laterMax = 8
/** Nobody is waiting for an answer: better late than tried again. */
const laterWaitMs = 60_000

/**
 * Opens a pool. Timeouts follow the house's ladder: a statement 4 s, a lock 1.5 s, an idle transaction 10 s.
 *
 * @param max connections at most; the default serves a whole house in one process. A fifth of them is never given to
 *   transactions.
 */
export function openDatabase(
  url: string,
  max = 20,
  onStatement?: StatementListener,
  watch?: PoolWatch,
): Database {
  const pool = openPool(url, max, 'guildhall')
  const backgroundPool = openPool(url, backgroundMax, 'guildhall background')
  const isRush = makeBeginSafe(pool, { most: Math.max(1, Math.floor(max * 0.8)), watch })
  makeBeginSafe(backgroundPool)
  const laterPool = openPool(url, laterMax, 'guildhall later')
  makeBeginSafe(laterPool, {
    most: laterMax - 2,
    waitMs: laterWaitMs,
    watch: watch && { ...watch, transactions: () => {} },
    yieldsTo: isRush,
  })
  const sql = watched(pool, watch?.statement)
  const background = watched(backgroundPool, watch?.statement)
  const laterSql = watched(laterPool, watch?.statement)
  const open = (client: postgres.Sql, listener?: StatementListener): Db => {
    const db = drizzle(client, {
      casing: 'snake_case',
      ...(listener ? { logger: { logQuery: listener } } : {}),
    })
    tuneSession(db)
    return db
  }
  const db = open(sql, onStatement)
  const later = open(laterSql, onStatement)
  return {
    url,
    db,
    unheard: onStatement ? open(sql) : db,
    sql,
    background,
    later: { db: later, unheard: onStatement ? open(laterSql) : later },
    close: async () => {
      await Promise.all([sql, background, laterSql].map((client) => client.end({ timeout: 5 })))
    },
  }
}

/** The database for what follows from commands. */
export const forLater = (database: Database): Database => ({ ...database, ...database.later })

/** A database on which nobody listens. */
export const quietly = (database: Database): Database => ({ ...database, db: database.unheard })

const openPool = (url: string, max: number, name: string): postgres.Sql =>
  postgres(url, {
    max,
    connect_timeout: 5,
    onnotice: () => {},
    connection: {
      application_name: name,
      statement_timeout: 4_000,
      // More than PostgreSQL's deadlock_timeout (1 s): a deadlock must be seen as one, because it is tried again.
      lock_timeout: 1_500,
      idle_in_transaction_session_timeout: 10_000,
    },
  })
