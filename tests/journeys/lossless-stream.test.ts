import { idOf, uuidOf } from '@guildhall/kit/ids'
import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Client, Stream } from '../support/client.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { newPerson, organizerWithEvent } from '../support/people.ts'

interface Item {
  notificationStream: {
    kind: string
    cursor: string
    notification: { id: string; type: string; event: { title: string } | null } | null
  }
}

const live = `subscription ($after: String) {
  notificationStream(after: $after) { kind cursor notification { id type event { title } } }
}`
const cuts = 20
const writers = 10
const perWriter = 50
const total = writers * perWriter
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))

let house: RunningHouse
beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house?.close())

it(`a subscriber who is cut off ${cuts} times ends with exactly what the table holds (SEED=${seed})`, async () => {
  const random = seededRandom(seed)
  const reader = await newPerson(house.url, 'Reader')
  const { organizer, eventId } = await organizerWithEvent(house.url)
  await reader.mutate('registerForEvent', { eventId }, 'registration { id }')

  const received: string[] = []
  let stream = reader.stream<Item>(live)
  let after = (await stream.until(() => true)).notificationStream.cursor
  const take = async (finished: Stream<Item>) => {
    await finished.close()
    for (const { notificationStream: item } of finished.received) {
      expect(item.kind).not.toBe('GAP')
      after = item.cursor
      if (item.kind === 'NEW' && item.notification?.type === 'announcement.received') {
        expect(item.notification.event).toEqual({ title: 'City Hack' })
        received.push(item.notification.id)
      }
    }
  }

  const writing = write(organizer, eventId)
  for (let cut = 0; cut < cuts; cut++) {
    // Somewhere in the middle of what comes, without a word.
    const enough = 1 + Math.floor((random() * total) / cuts)
    await stream.until(() => announced(stream) >= enough, 60)
    await take(stream)
    stream = reader.stream<Item>(live, { after })
  }
  await writing
  await stream.until(() => received.length + announced(stream) >= total, 60)
  await take(stream)

  expect(received).toEqual(await held(reader.userId))
  expect(received).toHaveLength(total)
}, 180_000)

const announced = ({ received }: Stream<Item>): number =>
  received.filter(
    ({ notificationStream: { kind, notification } }) =>
      kind === 'NEW' && notification?.type === 'announcement.received',
  ).length

/** Everybody with a seat is told something, by several writers at once. */
async function write(organizer: Client, eventId: string): Promise<void> {
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let number = 0; number < perWriter; number++) {
        await organizer.mutate(
          'sendAnnouncement',
          { eventId, segment: { status: ['CONFIRMED'] }, subject: `News ${writer}/${number}`, body: 'Look.' },
          'announcement { id }',
        )
      }
    }),
  )
}

/** The announcements in a person's inbox as the table has them, in its order. */
async function held(userId: string): Promise<string[]> {
  const sql = postgres(house.databaseUrl, { max: 1 })
  const rows = await sql<{ id: string }[]>`
    select id from notifications.notification
    where recipient_id = ${uuidOf('usr', userId)} and type = 'announcement.received' order by seq`
  await sql.end()
  return rows.map(({ id }) => idOf('ntf', id))
}
