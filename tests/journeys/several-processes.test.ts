import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { createCallerSigner, createCallerVerifier } from '@guildhall/kit/caller'
import { loadDefinitions } from '@guildhall/kit/discover'
import { type Host, startHost } from '@guildhall/kit/host'
import { idOf, newId, uuidOf } from '@guildhall/kit/ids'
import { createLog } from '@guildhall/kit/log'
import { done } from '@guildhall/kit/outcome'
import { cloneDatabase, dropDatabase } from '@guildhall/kit/postgres/test-cluster'
import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { registrationConfirmed } from '@guildhall/participants/contract'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import { ownKeys } from '../../scripts/house/keys.ts'
import { openSplitHouse, type SplitHouse } from '../../scripts/house/open-split-house.ts'
import { type Client, createTestClient } from '../support/client.ts'
import { newPerson, organizerWithEvent } from '../support/people.ts'
import { announced, populate } from './support/announced.ts'
import { createInboxDevice, type InboxDevice } from './support/inbox-device.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))
const perPhase = 150
const members = 3_000
const patience = { timeout: 90_000, interval: 100 }

let databaseUrl: string
let house: SplitHouse
let participants: Host
let urls: string[]
beforeAll(async () => {
  databaseUrl = await cloneDatabase(inject('guildhallTemplate'))
  house = await openSplitHouse({
    databaseUrl,
    port: 0,
    routers: 2,
    // Each router asks a process of its own.
    replicas: { notifications: 2 },
    environment: {
      LOG_LEVEL: 'silent',
      DATA_SECRET: 'the secret of a house under test is long enough',
      RATE_PER_USER: '0',
      RATE_PER_ADDRESS: '0',
    },
  })
  urls = house.urls.map((url) => url.replace('localhost', '127.0.0.1'))
  participants = await openParticipants()
}, 240_000)
afterAll(async () => {
  await participants?.close()
  await house?.close()
  if (databaseUrl) await dropDatabase(databaseUrl)
})

it(`an inbox is the same at two routers whichever of two processes is killed (SEED=${seed})`, async () => {
  const random = seededRandom(seed)
  const { organizer, organizationId } = await organizerWithEvent(urls[0] ?? '')
  const here = await newPerson(urls[0] ?? '', 'Reader')
  const there = elsewhere(here, urls[1] ?? '')
  await vi.waitFor(async () => expect(await inboxOf(here.userId)).toHaveLength(1), patience)
  const devices = {
    here: createInboxDevice(here, 10_000),
    there: createInboxDevice(there, 10_000),
    forgetful: createInboxDevice(there, 5),
  }
  for (const device of Object.values(devices)) await device.begin()

  let isOver = false
  const reading = Object.values(devices).map((device) => readOn(device, random, () => isOver))
  const written = async (count: number) =>
    vi.waitFor(async () => expect((await inboxOf(here.userId)).length).toBe(1 + count), patience)

  await confirm(here.userId, perPhase)
  await written(perPhase)
  await agreeOnWhatIsRead(here, there)

  // Two processes send it; one of them dies, and all that happens is up to the other.
  await populate(databaseUrl, organizationId, members)
  await join(organizationId, here.userId)
  const announcementId = await send(organizer, organizationId)
  const confirming = confirm(here.userId, perPhase)
  await vi.waitFor(
    async () => expect((await announced(databaseUrl, announcementId)).done).toBeGreaterThan(0),
    patience,
  )
  await kill('notifications 2')
  await confirming
  const whole = await vi.waitFor(async () => {
    const seen = await announced(databaseUrl, announcementId)
    expect(seen.status).toBe('SENT')
    return seen
  }, patience)
  expect(whole).toMatchObject({ recipients: members + 2, done: members + 2, twice: 0, missed: 0 })
  await written(2 * perPhase + 1)

  // Now the other one has to do it alone.
  await house.restart('notifications 2')
  const last = confirm(here.userId, perPhase)
  await kill('notifications')
  await last
  await written(3 * perPhase + 1)
  await house.restart('notifications')
  await agreeOnWhatIsRead(there, here)

  isOver = true
  await Promise.all(reading)
  for (const device of Object.values(devices)) await device.connect({ seconds: 30, isLive: true })
  const rows = await inboxOf(here.userId)
  expect(new Set(rows.map(([, , cause]) => cause)).size).toBe(rows.length)
  const table = rows.map(([id, state]) => `${id} ${state}`).sort()
  for (const device of Object.values(devices)) {
    expect([...device.held].map((entry) => entry.join(' ')).sort()).toEqual(table)
    expect(new Set(device.sent).size).toBe(device.sent.length)
  }
  // The welcome was there before they began.
  const ids = rows.slice(1).map(([id]) => id)
  for (const device of [devices.here, devices.there]) {
    expect([device.gaps, device.sent]).toEqual([0, ids])
  }
  const announcement = rows.find(([, , cause]) => cause === announcementId)?.[0]
  expect(ids).toContain(announcement)
  const counts = rows.filter(([, state]) => state === 'UNSEEN' || state === 'SEEN').length
  for (const client of [here, there]) expect(await unreadOf(client)).toBe(counts)
}, 300_000)

/** The same person with the same session, at another router. */
function elsewhere({ accessToken, userId }: Client, url: string): Client {
  return Object.assign(createTestClient(url), { accessToken, userId })
}

/** A device that is cut at random, and comes back when it can: the process behind its router may be gone. */
async function readOn(device: InboxDevice, random: () => number, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const limit = { items: 1 + Math.floor(random() * 60), seconds: 0.2 + random() }
    await device.connect(limit).catch(() => pause(100))
  }
}

async function kill(name: string): Promise<void> {
  const child = house.processes.get(name)
  if (!child) throw new Error(`there is no process "${name}"`)
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

interface Item {
  notificationStream: {
    kind: string
    notification: { id: string; state: string } | null
    counts: { unread: number }
  }
}

/** What is read at one router is read at the other, on a stream that was open before. */
async function agreeOnWhatIsRead(one: Client, other: Client): Promise<void> {
  const stream = other.stream<Item>(
    'subscription { notificationStream { kind notification { id state } counts { unread } } }',
  )
  const first = await stream.until(({ notificationStream: { kind } }) => kind === 'COUNTS', 60)
  const unread = first.notificationStream.counts.unread
  const ids = (await inboxOf(one.userId))
    .filter(([, state]) => state === 'UNSEEN')
    .slice(0, 3)
    .map(([id]) => id)
  expect(ids).toHaveLength(3)
  await one.mutate('markNotificationsRead', { ids, idempotencyKey: crypto.randomUUID() }, 'readCount')
  for (const id of ids) {
    await stream.until(
      ({ notificationStream: { kind, notification } }) =>
        kind === 'UPDATED' && notification?.id === id && notification.state === 'READ',
      60,
    )
  }
  await stream.until(
    ({ notificationStream: { kind, counts } }) => kind === 'COUNTS' && counts.unread === unread - 3,
    60,
  )
  await stream.close()
}

/** Participants as far as its events matter: what it publishes here, its process hands over. */
async function openParticipants(): Promise<Host> {
  const keys = await ownKeys()
  return startHost({
    definitions: await loadDefinitions(['participants']),
    databaseUrl,
    verify: await createCallerVerifier(keys.contextPublic, keys.servicesPublic),
    signService: await createCallerSigner(keys.servicesPrivate),
    log: createLog('silent'),
    backgroundWork: false,
  })
}

/** So many registrations of somebody are confirmed. */
async function confirm(userId: string, count: number): Promise<void> {
  const runtime = participants.subgraphs.participants
  if (!runtime) throw new Error('participants does not run here')
  for (let number = 1; number <= count; number++) {
    await runtime.ownContext().transaction('confirm', async (tx) => {
      await tx.emit(registrationConfirmed, {
        registrationId: newId('reg'),
        eventId: newId('evt'),
        organizationId: newId('org'),
        userId,
        eventTitle: 'City of Makers',
        number,
        status: 'CONFIRMED',
        partySize: 1,
        category: 'PARTICIPANT',
        version: 1,
        actorId: null,
      })
      return done(null)
    })
  }
}

/** As organizations would have told of it. */
async function join(organizationId: string, userId: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1 })
  await sql`
    insert into notifications.member (organization_id, user_id, role)
    values (${uuidOf('org', organizationId)}, ${uuidOf('usr', userId)}, 'MEMBER')`
  await vi.waitFor(async () => {
    const [row] = await sql`
      select count(*)::int from notifications.member where organization_id = ${uuidOf('org', organizationId)}`
    // With the owner, of whom organizations has told.
    expect(row).toEqual({ count: members + 2 })
  }, patience)
  await sql.end()
}

async function send(organizer: Client, organizationId: string): Promise<string> {
  const input = {
    organizationId,
    segment: { include: [{ members: {} }] },
    subject: 'News',
    body: 'Some.',
    // A page a second, so that there is a middle.
    ratePerMinute: 30_000,
  }
  const { announcement } = await organizer.mutate<{ announcement: { id: string } }>(
    'sendAnnouncement',
    input,
    'announcement { id }',
  )
  return announcement.id
}

/** Id, state and cause of what somebody's inbox holds, in its order. */
async function inboxOf(userId: string): Promise<[id: string, state: string, cause: string][]> {
  const sql = postgres(databaseUrl, { max: 1 })
  const rows = await sql<{ id: string; state: string; cause: string }[]>`
    select id, state, cause from notifications.notification
    where recipient_id = ${uuidOf('usr', userId)} and seq is not null order by seq`
  await sql.end()
  return rows.map(({ id, state, cause }) => [idOf('ntf', id), state, cause])
}

async function unreadOf(client: Client): Promise<number> {
  const { data } = await client.request<{ me: { notificationCounts: { unread: number } } }>(
    '{ me { notificationCounts { unread } } }',
  )
  return data.me.notificationCounts.unread
}
