import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { act, draftedEvent, people, publishedEvent, register } from './support.ts'
import { parties } from './waitlist-support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

interface Seats {
  state: string
  held: number
  free: number | null
  queued: number
  capacity: number | null
}

/** Everything that a stream has told so far, in order. */
function listen<Item>(person: Person, document: string, field: string, variables: object = {}) {
  const stream = person.subscribe(document, variables)
  const told: Item[] = []
  const errors: unknown[] = []
  const ended = (async () => {
    for await (const { data, errors: problems } of stream) {
      if (problems) errors.push(problems)
      if (data) told.push(JSON.parse(JSON.stringify(data))[field])
    }
  })().catch((error: unknown) => void errors.push(error))
  return { told, errors, ended, close: () => stream.return?.() }
}

const seats = (person: Person, eventId: string) =>
  listen<Seats>(
    person,
    'subscription ($eventId: ID!) { seatAvailability(eventId: $eventId) { state held free queued capacity } }',
    'seatAvailability',
    { eventId },
  )

it('seatAvailability begins with what is so and ends with what is so, to strangers too', async () => {
  const organization = world.organization()
  const eventId = await publishedEvent(world, organization, { capacity: 3 })
  const watcher = seats(world.anonymous, eventId)
  await vi.waitUntil(() => watcher.told.length > 0)
  expect(watcher.told[0]).toEqual({ state: 'OPEN', held: 0, free: 3, queued: 0, capacity: 3 })
  await Promise.all(people(world, 40).map((person) => register(person, eventId)))
  const full = { state: 'WAITLIST_ONLY', held: 3, free: 0, queued: 37, capacity: 3 }
  await vi.waitFor(() => expect(watcher.told.at(-1)).toEqual(full), 10_000)
  await organization.as('ORGANIZER').mutate('updateEvent', { id: eventId, capacity: 50 }, 'event { id }')
  const offered = { state: 'OPEN', held: 40, free: 10, queued: 0, capacity: 50 }
  await vi.waitFor(() => expect(watcher.told.at(-1)).toEqual(offered), 10_000)
  // Nothing is told twice.
  expect(new Set(watcher.told.map((one) => JSON.stringify(one))).size).toBe(watcher.told.length)
  await watcher.close()
  await watcher.ended
})

it('seatAvailability is refused for what one does not see', async () => {
  const organization = world.organization()
  const hidden = await publishedEvent(world, organization, { visibility: 'ORGANIZATION' })
  const draft = await draftedEvent(world, organization)
  for (const eventId of [hidden, draft, 'evt_nonsense']) {
    const watcher = seats(world.person(), eventId)
    await watcher.ended
    expect([watcher.told, watcher.errors.length]).toEqual([[], 1])
  }
  const member = seats(organization.as('GUEST'), hidden)
  await vi.waitUntil(() => member.told.length > 0)
  await member.close()
})

it("registrationChanged tells the caller's own, of all events, and nobody else's", async () => {
  const { at, withdraw, accept } = await parties(world, 1, [1, 1])
  const other = await publishedEvent(world, world.organization())
  const own = listen<{ id: string; status: string }>(
    at(1).person,
    'subscription { registrationChanged { id status } }',
    'registrationChanged',
  )
  const last = () => own.told.at(-1)
  await vi.waitFor(() => expect(last()).toEqual({ id: at(1).id, status: 'WAITLISTED' }), 10_000)
  await withdraw(0)
  await vi.waitFor(() => expect(last()).toEqual({ id: at(1).id, status: 'OFFERED' }), 10_000)
  await accept(1)
  await vi.waitFor(() => expect(last()).toEqual({ id: at(1).id, status: 'CONFIRMED' }), 10_000)
  const { id } = await register(at(1).person, other)
  await vi.waitFor(() => expect(last()).toEqual({ id, status: 'CONFIRMED' }), 10_000)
  await act(at(0).person, 'registerForEvent', { eventId: other })
  await act(at(1).person, 'withdrawRegistration', { id })
  await vi.waitFor(() => expect(last()).toEqual({ id, status: 'WITHDRAWN' }), 10_000)
  expect(new Set(own.told.map((one) => one.id))).toEqual(new Set([at(1).id, id]))
  await own.close()
  await own.ended
})
