import type postgres from 'postgres'

/** A statement of postgres.js that was made and is about to be sent. */
export interface PendingStatement {
  /** Its text around the parameters; a fragment that became part of another statement is never settled. */
  strings: readonly string[]
  /** How it was sent, once it was. */
  statement?: { string?: string } | null
  resolve(result: unknown): void
  reject(error: unknown): void
}

/** Told of every statement when it is made, to see it end. It must be quick and never throw. */
export type StatementWatch = (statement: PendingStatement) => void

/** The client with somebody who watches its statements. Without, there is nothing in between. */
export const watched = <Client extends postgres.Sql>(
  sql: Client,
  watch: StatementWatch | undefined,
): Client =>
  watch
    ? new Proxy(sql, {
        apply: (target, _self, args) => seen(Reflect.apply(target, undefined, args), watch),
        get: (target, name) =>
          name === 'unsafe'
            ? (...args: unknown[]) => seen(Reflect.apply(target.unsafe, target, args), watch)
            : Reflect.get(target, name),
      })
    : sql

/** Shows a statement to the watch; what is no statement (an identifier, values to insert) passes. */
export function seen<Made>(made: Made, watch: StatementWatch): Made {
  if (made instanceof Promise && 'strings' in made) watch(made as unknown as PendingStatement)
  return made
}

/** Calls back once, when the statement has ended. */
export function onEnd(statement: PendingStatement, ended: (error: unknown) => void): void {
  const { resolve, reject } = statement
  statement.resolve = (result) => {
    ended(undefined)
    resolve(result)
  }
  statement.reject = (error) => {
    ended(error)
    reject(error)
  }
}

const operations: ReadonlySet<string> = new Set(['select', 'insert', 'update', 'delete', 'with'])

/** What kind of statement it is: one of a handful of words. */
export function operationOf({ strings }: PendingStatement): string {
  const word = /^\s*\(?\s*([a-z]+)/i.exec(strings[0] ?? '')?.[1]?.toLowerCase() ?? ''
  return operations.has(word) ? word : 'other'
}

/** The text with a placeholder for each value; what was put together of several pieces is known only when it was sent. */
export const textOf = ({ strings, statement }: PendingStatement): string =>
  (statement?.string ?? strings.join(' $… ')).replace(/\s+/g, ' ').trim()
