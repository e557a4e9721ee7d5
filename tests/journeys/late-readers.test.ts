import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestClient } from '../support/client.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { organizerWithEvent } from '../support/people.ts'

let house: RunningHouse
beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())

const title = expect.any(String)
const streams = [
  [
    'subscription ($id: ID!) { stands: seatAvailability(eventId: $id) { event { title } } }',
    { event: { title } },
  ],
  [
    'subscription ($id: ID!) { stands: eventStatusChanged(id: $id) { from to event { title } } }',
    { from: null, to: 'PUBLISHED', event: { title } },
  ],
] as const

it.each(streams)('%s tells everybody how things stand, whoever watches already', async (query, stands) => {
  const { organizer, eventId } = await organizerWithEvent(house.url)
  const stranger = createTestClient(house.url)
  const open = []
  // Strangers are one audience, and so are two windows of one person.
  for (const client of [stranger, stranger, organizer, organizer]) {
    const stream = client.stream<{ stands: unknown }>(query, { id: eventId })
    expect(await stream.until(() => true)).toEqual({ stands })
    open.push(stream)
  }
  for (const stream of open) await stream.close()
})
