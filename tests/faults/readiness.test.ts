import { connect, createServer, type Socket } from 'node:net'
import { type HostHealth, watchHost } from '@guildhall/kit/health/host-health'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrationsFolder } from '../../scripts/helpers/table-files.ts'
import { openTestHouse } from '../support/houses.ts'

let house: Awaited<ReturnType<typeof openTestHouse>>
let sql: postgres.Sql
let url: string
beforeAll(async () => {
  house = await openTestHouse()
  sql = postgres(house.databaseUrl, { max: 1, onnotice: () => {} })
  url = `http://127.0.0.1:${(await house.house.host.serve('events', 0)).port}`
})
afterAll(async () => {
  await sql?.end()
  await house?.close()
})

const get = async (path: string, of = url) => {
  const response = await fetch(`${of}${path}`)
  return [response.status, await response.json()]
}
const up = [200, { status: 'UP' }]

describe('a domain', () => {
  it('lives and is ready', async () => {
    for (const path of ['/health', '/health/live', '/health/ready']) expect(await get(path)).toEqual(up)
    expect(await get('/health/ready', house.url)).toEqual(up)
  })

  it('is not ready while a migration that it counts on is missing', async () => {
    const [row] =
      await sql`delete from drizzle.events where name = (select min(name) from drizzle.events) returning *`
    const problems = [`migrations are not applied: events/${row?.name}`]
    expect(await get('/health/ready')).toEqual([503, { status: 'DOWN', problems }])
    expect(await get('/health/live')).toEqual(up)
    // In one process the router has no use without its domains.
    expect(await get('/health/ready', house.url)).toEqual([503, { status: 'DOWN', problems }])
    await sql`insert into drizzle.events ${sql(row as object)}`
    expect(await get('/health/ready')).toEqual(up)
  })

  it('is ready beside a newer version, whose migrations it does not know', async () => {
    await sql`insert into drizzle.events (name, hash) values ('9999_of_tomorrow', '')`
    expect(await get('/health/ready')).toEqual(up)
    await sql`delete from drizzle.events where name = '9999_of_tomorrow'`
  })

  it('tells what waits in its tables', async () => {
    await house.house.host.settle()
    const { checks, problems } = await house.house.host.health.details()
    expect(problems).toEqual([])
    expect(checks['domain events']).toEqual({
      status: 'UP',
      ms: expect.any(Number),
      outboxPending: 0,
      outboxOldestSeconds: 0,
      deliveriesPending: 0,
      deliveriesOldestSeconds: 0,
      deliveriesDead: 0,
      schedules: ['events.reminders', 'pruneBackbone'].map((name) => ({
        name,
        hasFailed: false,
        overdueSeconds: expect.any(Number),
      })),
      lastMigration: { name: expect.stringMatching(/^\d{4}_/), appliedAt: expect.any(Date) },
    })
    expect(checks['domain identity']).toMatchObject({ mailsPending: 0, mailsOldestSeconds: 0 })
  })
})

describe('when the database hangs', () => {
  it('a domain says so after a second, and is ready again when it answers', async () => {
    const proxy = await openProxy(new URL(house.databaseUrl))
    const health: HostHealth = watchHost(house.house.host.subgraphs, proxy.url, migrationsFolder)
    try {
      expect(await health.ofDomain('events').problems()).toEqual([])
      proxy.hang()
      expect(await health.ofDomain('events').problems()).toEqual(['the database does not answer'])
      const { checks } = await health.ofDomain('events').details()
      expect(checks['domain events']).toMatchObject({ status: 'DOWN' })
      proxy.goOn()
      expect(await health.ofDomain('events').problems()).toEqual([])
    } finally {
      await health.close()
      proxy.close()
    }
  })
})

/** A way to the database on which nothing moves while it hangs, as behind a lost route: no error, no answer. */
async function openProxy(target: URL) {
  let hangs = false
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk) => hangs || to.write(chunk))
      from.on('error', () => {})
      from.on('close', () => to.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(typeof address === 'object' && address?.port)
  return {
    url: url.href,
    hang: () => {
      hangs = true
    },
    goOn: () => {
      hangs = false
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
