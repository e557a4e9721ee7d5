import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createWorld, type World, worldSecret } from '@guildhall/kit/testing/world'
import { type RunningSmtpServer, startSmtpServer } from '@guildhall/kit/tests/support/smtp-server'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { leaseMs } from '../deliveries/lease.ts'
import { lanes } from '../deliveries/work.ts'
import { deliveries } from '../tables.ts'
import { addressed } from './delivery-support.ts'
import { noticeFor, tell, times } from './support.ts'

const count = 500

let world: World
let server: RunningSmtpServer
const started: ChildProcess[] = []
beforeAll(async () => {
  world = await createWorld(undefined, false)
  server = await startSmtpServer()
})
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL')
  await server?.close()
  await world?.close()
})

/** @param aheadMs how far its clock is ahead: a lease that was left behind is over for it. */
function startSender(aheadMs: number): ChildProcess {
  const script = path.join(import.meta.dirname, 'sender-process.ts')
  const child = spawn(
    process.execPath,
    [script, world.databaseUrl, server.url, worldSecret, String(aheadMs)],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  started.push(child)
  return child
}

const patience = { timeout: 100_000, interval: 20 }

it('a sender that is killed in the midst of it loses none, and what it had under way alone comes twice', async () => {
  const people = await Promise.all(times(count, () => addressed(world)))
  await tell(
    world,
    people.map(({ userId }, no) =>
      noticeFor(userId, { type: 'registration.confirmed', title: `Seat ${no}` }),
    ),
  )
  const first = startSender(0)
  await vi.waitUntil(() => server.received.length >= count / 5, patience)
  first.kill('SIGKILL')
  await once(first, 'exit')
  const before = server.received.length
  expect(before).toBeLessThan(count)

  startSender(2 * leaseMs)
  const sent = () =>
    world.host.database.db.$count(
      deliveries,
      and(eq(deliveries.channel, 'EMAIL'), eq(deliveries.status, 'SENT')),
    )
  await vi.waitUntil(async () => (await sent()) === count, patience)

  const ids = server.received.map(({ headers }) => headers['message-id'])
  const duplicates = ids.length - new Set(ids).size
  expect(new Set(server.received.flatMap(({ to }) => to))).toEqual(new Set(people.map(({ email }) => email)))
  expect(new Set(ids).size).toBe(count)
  expect(duplicates, `killed after ${before} of ${count} mails`).toBeLessThanOrEqual(lanes)
}, 240_000)
