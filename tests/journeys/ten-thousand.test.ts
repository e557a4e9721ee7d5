import { setTimeout as pause } from 'node:timers/promises'
import { createCallerSigner, createCallerVerifier } from '@guildhall/kit/caller'
import { readConfig } from '@guildhall/kit/config'
import { loadDefinitions } from '@guildhall/kit/discover'
import { type Host, startHost } from '@guildhall/kit/host'
import { idOf, newId, uuidOf } from '@guildhall/kit/ids'
import { createLog } from '@guildhall/kit/log'
import { done } from '@guildhall/kit/outcome'
import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ownKeys } from '../../scripts/house/keys.ts'
import { gateTuning } from '../../scripts/house/router-tuning.ts'
import { notice } from '../../subgraphs/notifications/domain/notice.ts'
import { deliver } from '../../subgraphs/notifications/inbox/deliver.ts'
import type { Client } from '../support/client.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { newPerson } from '../support/people.ts'
import { createInboxDevice, type InboxDevice } from './support/inbox-device.ts'

const writers = 8
const total = 10_000
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))

let house: RunningHouse
let elsewhere: Host
beforeAll(async () => {
  // Reading everything anew so often is more than a person does in a minute.
  house = await openTestHouse({ gate: gateTuning(readConfig({ RATE_PER_USER: '0', RATE_PER_ADDRESS: '0' })) })
  elsewhere = await openElsewhere(house.databaseUrl)
})
afterAll(async () => {
  await elsewhere?.close()
  await house?.close()
})

it(`devices that are cut at random hold what the table holds after ${total} notifications by ${writers} writers out of order (SEED=${seed})`, async () => {
  const random = seededRandom(seed)
  const reader = await newPerson(house.url, 'Reader')
  await welcomed(reader)
  const lossless = createInboxDevice(reader, 10_000)
  const forgetful = createInboxDevice(reader, 40)
  const devices = [lossless, forgetful]
  for (const device of devices) await device.begin()

  let isWritten = false
  const writing = Promise.all(
    Array.from({ length: writers }, (_, writer) => write(reader.userId, seededRandom(seed + writer + 1))),
  ).finally(() => {
    isWritten = true
  })
  const changing = change(reader, lossless, seededRandom(seed + 100), () => isWritten)
  const reading = devices.map(async (device) => {
    for (let cuts = 0; cuts < 3 || !isWritten; cuts++) {
      await device.connect({ items: 1 + Math.floor(random() * 900), seconds: random() * 2 })
      // Nobody is there for a while: what is missed is more than one of them wants to be sent, and it reads all anew.
      await pause(random() * (device === forgetful ? 6_000 : 400))
    }
  })
  await Promise.all([writing, changing, ...reading])
  for (const device of devices) await device.connect({ seconds: 20, isLive: true })

  const rows = await table(reader.userId)
  expect(rows).toHaveLength(1 + total)
  expect(lossless.gaps).toBe(0)
  // The welcome was there before they began.
  expect(lossless.sent).toEqual(rows.slice(1).map(([id]) => id))
  expect(sorted(lossless)).toEqual(rows.toSorted())
  expect(forgetful.gaps).toBeGreaterThan(0)
  expect(new Set(forgetful.sent).size).toBe(forgetful.sent.length)
  expect(sorted(forgetful)).toEqual(rows.toSorted())
}, 600_000)

const sorted = ({ held }: InboxDevice) => [...held].toSorted()

/** A second process of notifications, as far as it matters: a pool and an ear of its own. */
async function openElsewhere(databaseUrl: string): Promise<Host> {
  const keys = await ownKeys()
  return startHost({
    definitions: await loadDefinitions(['notifications']),
    databaseUrl,
    verify: await createCallerVerifier(keys.contextPublic, keys.servicesPublic),
    signService: await createCallerSigner(keys.servicesPrivate),
    log: createLog('silent'),
    backgroundWork: false,
  })
}

/** Writes its part; who begins first need not be done first. */
async function write(recipientId: string, random: () => number): Promise<void> {
  const runtime = elsewhere.subgraphs.notifications
  if (!runtime) throw new Error('notifications do not run here')
  for (let left = total / writers; left > 0; ) {
    const causes = Array.from({ length: Math.min(left, 1 + Math.floor(random() * 4)) }, () => newId('evt'))
    left -= causes.length
    const dawdles = random() < 0.05
    // As an event that is handled again when its reaction has failed.
    for (let isDone = false, attempts = 0; !isDone; attempts++) {
      if (attempts === 8) throw new Error('a reaction would be dead by now')
      const ctx = runtime.ownContext()
      isDone = await ctx
        .transaction('write', async (tx) => {
          for (const cause of causes) {
            await deliver(tx, ctx, cause, [notice('project.submitted', recipientId, 'Handed in')])
            if (dawdles) await pause(random() * 10)
          }
          return done(true)
        })
        .then(
          ({ ok }) => ok,
          () => false,
        )
    }
    if (random() < 0.3) await pause(random() * 5)
  }
}

/** Another device of the same person tidies up meanwhile. */
async function change(
  reader: Client,
  { sent }: InboxDevice,
  random: () => number,
  isOver: () => boolean,
): Promise<void> {
  const mutations = [
    'markNotificationsSeen',
    'markNotificationsUnread',
    'archiveNotifications',
    'unarchiveNotifications',
  ]
  while (!isOver()) {
    await pause(100 + random() * 200)
    const ids = sent.filter(() => random() < 20 / (sent.length + 1)).slice(0, 100)
    const mutation = mutations[Math.floor(random() * mutations.length)] ?? ''
    // The inbox may be too busy; then it was nothing.
    await reader.mutate(mutation, { ids }, 'changedCount').catch(() => {})
    await reader.mutate('markNotificationsRead', { ids: ids.slice(0, 10) }, 'readCount').catch(() => {})
  }
}

/** Waits for what every new person is told. */
async function welcomed(reader: Client): Promise<void> {
  await reader
    .stream<{ notificationStream: { counts: { unread: number } } }>(
      'subscription { notificationStream { counts { unread } } }',
    )
    .until(({ notificationStream }) => notificationStream.counts.unread > 0)
}

/** Id and state of what somebody's inbox holds, in its order. */
async function table(userId: string): Promise<[id: string, state: string][]> {
  const sql = postgres(house.databaseUrl, { max: 1 })
  const rows = await sql<{ id: string; state: string }[]>`
    select id, state from notifications.notification
    where recipient_id = ${uuidOf('usr', userId)} order by seq`
  await sql.end()
  return rows.map(({ id, state }) => [idOf('ntf', id), state])
}
