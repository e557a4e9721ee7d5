import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestClient } from '../support/client.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { newPerson, organizerWithEvent } from '../support/people.ts'

interface Seen {
  registration: { number: number; status: string }
}

let house: RunningHouse
beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house?.close())

it('gives 50 seats to exactly 50 of 200 people who register at once, and queues the others in order', async () => {
  const { organizer, eventId } = await organizerWithEvent(house.url, { capacity: 50 })
  // One registration after the other would be no rush: everybody is ready before anybody starts.
  const people = []
  for (let batch = 0; batch < 20; batch++) {
    people.push(
      ...(await Promise.all(
        Array.from({ length: 10 }, (_, i) => newPerson(house.url, `Guest ${batch} ${i}`)),
      )),
    )
  }
  // Everybody's principal is known, as it is for people who have looked at the event before.
  await Promise.all(people.map((person) => person.request('{ me { id } }')))

  const startedAt = performance.now()
  const replies = await Promise.all(
    people.map((person) =>
      person.mutate<Seen>(
        'registerForEvent',
        { eventId, idempotencyKey: `rush ${person.userId}` },
        'registration { number status }',
      ),
    ),
  )
  console.log(`200 registrations over HTTP: ${Math.round(performance.now() - startedAt)} ms`)

  const inOrder = replies.map(({ registration }) => registration).sort((a, b) => a.number - b.number)
  expect(inOrder.map(({ number }) => number)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
  expect(inOrder.map(({ status }) => status)).toEqual([
    ...Array(50).fill('CONFIRMED'),
    ...Array(150).fill('WAITLISTED'),
  ])
  const { data } = await organizer.request(
    'query ($id: ID!) { event(id: $id) { registrationCounts { held confirmed waitlisted } } }',
    { id: eventId },
  )
  expect(data).toEqual({ event: { registrationCounts: { held: 50, confirmed: 50, waitlisted: 150 } } })
  const outsider = createTestClient(house.url)
  const { data: seen } = await outsider.request(
    'query ($id: ID!) { event(id: $id) { registrations { totalCount } } }',
    {
      id: eventId,
    },
  )
  expect(seen).toEqual({ event: { registrations: null } })
}, 120_000)
