import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { newId, uuidOf } from '@guildhall/kit/ids'
import { cloneDatabase, dropDatabase } from '@guildhall/kit/postgres/test-cluster'
import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
/** So many that a fast machine is not through with them before it was killed a few times. */
const recipients = 20_000

let url: string
let sql: postgres.Sql
const running = new Set<ChildProcess>()
beforeAll(async () => {
  url = await cloneDatabase(inject('guildhallTemplate'))
  sql = postgres(url, { max: 2 })
})
afterAll(async () => {
  await Promise.all([...running].map(kill))
  await sql.end()
  await dropDatabase(url)
})

/** A process that is at work. */
async function start(): Promise<ChildProcess> {
  const script = path.join(import.meta.dirname, 'mortal-sender.ts')
  const child = spawn(process.execPath, [script, url], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  running.add(child)
  await once(child, 'message')
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  running.delete(child)
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** An announcement to everybody of an organization that was begun; one in ten wants none. */
async function begun(): Promise<string> {
  const [organization, announcement] = [uuidOf('org', newId('org')), uuidOf('ann', newId('ann'))]
  await sql`
    insert into notifications.member (organization_id, user_id, role)
    select ${organization}::uuid, gen_random_uuid(), 'MEMBER' from generate_series(1, ${recipients})`
  await sql`
    insert into notifications.preference (user_id, category, channel, is_enabled, updated_at)
    select user_id, 'ANNOUNCEMENTS', channel::notifications.notification_channel, false, now()
    from (select user_id from notifications.member order by user_id limit ${recipients / 10}) silent,
      unnest(array['IN_APP', 'EMAIL', 'PUSH']) channel`
  const segment = { include: [{ kind: 'MEMBERS', role: null }], exclude: [] }
  await sql`
    insert into notifications.announcement
      (id, organization_id, created_by_id, segment, subject, body, status, next_step_at, created_at, updated_at)
    values (${announcement}, ${organization}, ${uuidOf('usr', newId('usr'))}, ${sql.json(segment)}, 'News', 'Some.',
      'PREPARING', now(), now(), now())`
  return announcement
}

const stateOf = async (id: string) => {
  const [row] = await sql`
    select status, recipient_count, sent_count, suppressed_count, failed_count
    from notifications.announcement where id = ${id}`
  return row ?? {}
}

/** Waits until so many more steps were taken, or it is over. */
async function gotOn(id: string, steps: number): Promise<void> {
  for (let step = 0; step < steps; step++) {
    const before = JSON.stringify(await stateOf(id))
    const hasChanged = async () => {
      const now = await stateOf(id)
      return now.status === 'SENT' || JSON.stringify(now) !== before
    }
    await vi.waitUntil(hasChanged, { timeout: 60_000, interval: 10 })
  }
}

it(`reaches everybody once, however often its processes are killed, SEED=${seed}`, {
  timeout: 300_000,
}, async () => {
  const random = seededRandom(seed)
  const id = await begun()
  const seen = new Set<number>()
  let deaths = 0
  while ((await stateOf(id)).status !== 'SENT') {
    const children = await Promise.all(Array.from({ length: 1 + Math.floor(random() * 2) }, start))
    for (const child of children) {
      // Somewhere in a step that is to come: the moment is random, that it gets on is not.
      await gotOn(id, 1 + Math.floor(random() * 3))
      await pause(Math.floor(random() * 150))
      await kill(child)
      deaths += 1
    }
    seen.add(Number((await stateOf(id)).sent_count))
    // As if the time of the lease of whoever was reading the audience had passed.
    await sql`update notifications.announcement set next_step_at = now() where id = ${id} and next_step_at is not null`
  }
  expect(await stateOf(id)).toEqual({
    status: 'SENT',
    recipient_count: recipients,
    sent_count: recipients * 0.9,
    suppressed_count: recipients * 0.1,
    failed_count: 0,
  })
  const ledger = await sql`
    select status, count(*)::int as people, count(distinct user_id)::int as different
    from notifications.announcement_recipient group by status order by status`
  expect(ledger).toEqual([
    { status: 'SENT', people: recipients * 0.9, different: recipients * 0.9 },
    { status: 'SUPPRESSED', people: recipients * 0.1, different: recipients * 0.1 },
  ])
  const [inboxes] = await sql`
    select count(*)::int as notifications, count(distinct recipient_id)::int as people,
      count(*) filter (where recipient_id in (select user_id from notifications.preference))::int as unwanted
    from notifications.notification`
  expect(inboxes).toEqual({ notifications: recipients * 0.9, people: recipients * 0.9, unwanted: 0 })
  const heads =
    await sql`select seq, unread, count(*)::int as people from notifications.recipient group by 1, 2`
  expect(heads).toEqual([{ seq: 1, unread: 1, people: recipients * 0.9 }])
  expect(deaths).toBeGreaterThan(2)
  expect(seen.size).toBeGreaterThan(2)
})
