import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ServiceUnavailable } from '../errors.ts'
import { makeBeginSafe } from '../safe-begin.ts'
import { createToy, type Toy, times } from './support/toy.ts'

let toy: Toy
let proxy: Server
let sql: postgres.Sql
const sockets = new Set<Socket>()

beforeAll(async () => {
  toy = await createToy()
  const { hostname, port } = new URL(toy.url)
  proxy = createServer((client) => {
    const server = connect(Number(port), hostname)
    client.pipe(server).pipe(client)
    sockets.add(client)
    const end = () => {
      sockets.delete(client)
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) socket.on('error', end).on('close', end)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const url = new URL(toy.url)
  url.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
  // One connection: whoever comes next gets the one that was lost.
  sql = postgres(url.href, { max: 1, connect_timeout: 5, onnotice: () => {} })
  makeBeginSafe(sql)
})
afterAll(async () => {
  await sql.end({ timeout: 1 })
  proxy.close()
  await toy.close()
})
beforeEach(async () => {
  await toy.database.sql`truncate toy.seen`
})

const write = (tx: postgres.ISql, no: number) =>
  tx`insert into toy.seen (consumer, aggregate, no) values ('x', 'x', ${no})`
const written = async () =>
  (await toy.database.sql`select no from toy.seen order by seq`).map((row) => row.no)
const terminate = (pid: number) => toy.database.sql`select pg_terminate_backend(${pid})`.then(() => {})
const cuts: Record<string, (pid: number) => Promise<void>> = {
  'is terminated': terminate,
  'is ended': async () => sockets.forEach((socket) => void socket.end()),
  'is reset': async () => sockets.forEach((socket) => void socket.resetAndDestroy()),
}

// An uncaught error, which is how postgres.js takes a lost connection, fails the whole run.
describe.each(Object.entries(cuts))('when the connection of a transaction %s', (_how, cut) => {
  const pidOf = async (tx: postgres.ISql): Promise<number> =>
    (await tx`select pg_backend_pid() as pid`)[0]?.pid
  /** The first statement on the new connection may bring the end of the old one; the second does not. */
  const works = async () => (await sql`select 7 as n`.catch(() => sql`select 7 as n`))[0]?.n

  it('between two statements, it ends as unavailable, and its later statements go nowhere', async () => {
    const late = Promise.withResolvers<unknown>()
    const running = sql.begin(async (tx) => {
      await write(tx, 1)
      await cut(await pidOf(tx))
      await pause(150)
      // By now the next transaction has the connection.
      late.resolve(
        Promise.resolve()
          .then(() => write(tx, 2))
          .catch((error: unknown) => error),
      )
      await late.promise
    })
    await expect(running).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
    const next = sql.begin(async (tx) => {
      await write(tx, 3)
      await pause(300)
      await write(tx, 4)
    })
    expect(await late.promise).toBeInstanceOf(ServiceUnavailable)
    await next.catch(() =>
      sql.begin(async (tx) => {
        await write(tx, 3)
        await write(tx, 4)
      }),
    )
    expect(await written()).toEqual([3, 4])
  })

  it('in a statement, it ends as unavailable, whatever the body does about it', async () => {
    const bodies: ((tx: postgres.TransactionSql) => Promise<unknown>)[] = [
      (tx) => tx`select pg_sleep(2)`,
      (tx) => tx`select pg_sleep(2)`.catch(() => write(tx, 2)),
      (tx) => tx.savepoint((inner) => inner`select pg_sleep(2)`).catch(() => write(tx, 2)),
      (tx) =>
        tx.unsafe('select pg_sleep(2)').then(
          () => {},
          () => 'hidden',
        ),
    ]
    for (const body of bodies) {
      const running = sql.begin(async (tx) => {
        const pid = await pidOf(tx)
        setTimeout(() => void cut(pid), 30)
        return body(tx)
      })
      await expect(running).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
      expect(await works()).toBe(7)
    }
    expect(await written()).toEqual([])
  })
})

describe('otherwise a transaction', () => {
  it('commits, rolls back and returns as before', async () => {
    expect(await sql.begin(async (tx) => (await write(tx, 1)).count)).toBe(1)
    expect(await sql.begin((tx) => [write(tx, 2), write(tx, 3)])).toHaveLength(2)
    const boom = new Error('boom')
    await expect(
      sql.begin('isolation level serializable', async (tx) => {
        await write(tx, 4)
        throw boom
      }),
    ).rejects.toBe(boom)
    await sql.begin(async (tx) => {
      await tx
        .savepoint('inner', async (inner) => {
          await write(inner, 5)
          throw boom
        })
        .catch(() => {})
      await write(tx, 6)
    })
    expect(await written()).toEqual([1, 2, 3, 6])
  })

  it('has no statement sent after its end', async () => {
    let escaped: postgres.TransactionSql | undefined
    await sql.begin(async (tx) => {
      escaped = tx
      await write(tx, 1)
    })
    expect(() => escaped && write(escaped, 2)).toThrow(ServiceUnavailable)
    expect(await written()).toEqual([1])
  })

  it('waits for its turn, but not for ever', async () => {
    const few = postgres(toy.url, { max: 3, onnotice: () => {} })
    makeBeginSafe(few, { most: 2, waitMs: 200 })
    const all = await Promise.all(
      times(10, (no) => few.begin(async (tx) => [await tx`select 1`, await few`select 1`, no][2])),
    )
    expect(all).toEqual(times(10, (no) => no))
    const holders = times(2, () => few.begin((tx) => tx`select pg_sleep(0.6)`))
    await expect(few.begin((tx) => tx`select 1`)).rejects.toThrow('The service is busy, try again.')
    await Promise.all(holders)
    expect(await few.begin(async (tx) => (await tx`select 1 as n`)[0]?.n)).toBe(1)
    await few.end()
  })
})
