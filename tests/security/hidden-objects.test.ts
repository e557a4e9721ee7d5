import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { newPerson, organizerWithEvent } from '../support/people.ts'
import { introduced } from './support/wire-socket.ts'

let house: RunningHouse
beforeAll(async () => {
  house = await openTestHouse({ production: true })
})
afterAll(() => house?.close())

const query = 'subscription { notificationStream { kind notification { body event { id title } } } }'

interface Item {
  data: { notificationStream: { kind: string; notification: { body: string; event: object | null } | null } }
}

it('an object that is moved out of sight is not in what a stream brings from then on', async () => {
  const { organizer, eventId } = await organizerWithEvent(house.url)
  const guest = await newPerson(house.url, 'Guest')
  await guest.mutate('registerForEvent', { eventId }, 'registration { id }')
  const wire = await introduced(house.url, guest.accessToken ?? '')
  wire.send({ id: 's', type: 'subscribe', payload: { query } })
  await wire.until('next')
  let told = 0
  /** What the stream says of the event in the item that brings this announcement, and all that was sent with it. */
  const announced = async () => {
    told += 1
    const body = `News ${told}.`
    const seen = wire.frames.length
    await organizer.mutate(
      'sendAnnouncement',
      { eventId, segment: { status: ['CONFIRMED'] }, subject: 'News', body },
      'announcement { id }',
    )
    let frames = 0
    for (;;) {
      frames += 1
      await wire.until('next', frames)
      const items = wire.frames.filter(({ type }) => type === 'next').map(({ payload }) => payload as Item)
      const notification = items[frames - 1]?.data.notificationStream.notification
      if (notification?.body === body) return { event: notification.event, wire: wire.frames.slice(seen) }
    }
  }
  expect((await announced()).event).toEqual({ id: eventId, title: 'City Hack' })
  await organizer.mutate(
    'updateEvent',
    { id: eventId, visibility: 'ORGANIZATION', title: 'Secret Hack' },
    'event { id }',
  )
  const after = await announced()
  expect(after.event).toBeNull()
  expect(JSON.stringify(after.wire)).not.toContain('Secret Hack')
  // And whoever may still see it does: it was not lost, it was hidden.
  const { data } = await organizer.request<{ event: object }>(
    'query ($id: ID!) { event(id: $id) { title } }',
    {
      id: eventId,
    },
  )
  expect(data.event).toEqual({ title: 'Secret Hack' })
  wire.socket.terminate()
})
