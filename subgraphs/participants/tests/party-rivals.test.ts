import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { holdsSeat } from '../domain/registration-status.ts'
import { registrations } from '../tables.ts'
import { act, hourMs, people, publishedEvent, register, seatsOf, sweep } from './support.ts'
import { settings } from './waitlist-support.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

const refusals = [
  'OFFER_EXPIRED',
  'INVALID_STATE_TRANSITION',
  'EVENT_FULL',
  'ALREADY_REGISTERED',
  'VERSION_CONFLICT',
]

it(`forty parties for thirty seats, while everything else happens at once (SEED=${seed})`, async () => {
  const random = seededRandom(seed)
  const below = (bound: number) => Math.floor(random() * bound)
  const organization = world.organization()
  const organizer = organization.as('ORGANIZER')
  const eventId = await publishedEvent(world, organization, { capacity: 30, offerHours: 2 })
  const rivals = people(world, 40).map((person) => ({ person, partySize: 1 + below(6), id: '' }))
  await Promise.all(
    rivals.map(async (rival) => {
      rival.id = (await register(rival.person, eventId, { partySize: rival.partySize })).id
    }),
  )

  // Whoever looks at any moment sees no more seats held than the limit, and as many as the registrations hold.
  let isOver = false
  const looks: { held: number; counted: number; limit: number }[] = []
  const watching = (async () => {
    while (!isOver) {
      const [look] = await world.host.database.sql<typeof looks>`
        select held, seat_limit as limit, (
          select coalesce(sum(party_size), 0)::int from participants.registration r
          where r.event_id = s.id and r.status in ('OFFERED', 'CONFIRMED', 'CHECKED_IN')
        ) as counted
        from participants.event_seats s where title = 'Spring Hack'`
      if (look) looks.push(look)
    }
  })()

  const step = async (): Promise<string> => {
    const rival = rivals[below(rivals.length)]
    if (!rival) return 'NOBODY'
    const kind = below(10)
    if (kind < 3) return act(rival.person, 'withdrawRegistration', { id: rival.id })
    if (kind < 6) return act(rival.person, 'acceptOffer', { id: rival.id })
    if (kind === 6)
      return act(organizer, 'reorderWaitlist', { id: rival.id, position: 1 + below(9), reason: 'Why.' })
    if (kind === 7) {
      world.clock.advance(below(2 * hourMs))
      await sweep(world)
      return 'SWEPT'
    }
    if (kind === 8) {
      await organizer.mutate('updateEvent', { id: eventId, capacity: 20 + below(20) }, 'event { id }')
      return 'CAPACITY'
    }
    const { userErrors } = await organizer.mutate(
      'offerNextFromWaitlist',
      { eventId },
      'registrations { id }',
    )
    return userErrors[0]?.code ?? 'OFFERED'
  }
  const said: string[] = []
  for (let round = 0; round < 12; round++) {
    said.push(...(await Promise.all(Array.from({ length: 10 }, step))))
  }
  isOver = true
  await watching
  await world.settle()
  await sweep(world)

  const reached = ['WITHDRAWN', 'CONFIRMED', 'WAITLISTED', 'OFFERED', 'SWEPT', 'CAPACITY', ...refusals]
  expect(said.filter((one) => !reached.includes(one))).toEqual([])
  expect(looks.filter(({ held, counted, limit }) => held !== counted || held > limit)).toEqual([])

  const rows = await world.rows(registrations, eq(registrations.eventId, eventId))
  const held = rows.filter(({ status }) => holdsSeat(status))
  const queue = rows
    .filter(({ status }) => status === 'WAITLISTED')
    .sort(
      (a, b) =>
        b.waitlistPriority - a.waitlistPriority ||
        Number(a.waitlistedAt) - Number(b.waitlistedAt) ||
        a.number - b.number,
    )
  const seats = await seatsOf(world, eventId)
  const taken = held.reduce((sum, { partySize }) => sum + partySize, 0)
  expect([seats.held, seats.queued]).toEqual([taken, queue.length])
  // Nothing is left over that the head of the queue could have.
  const head = queue.find(({ partySize }) => partySize <= (seats.capacity ?? 0))
  if (head) expect(taken + head.partySize).toBeGreaterThan(seats.seatLimit ?? 0)

  // Then nobody goes past anybody: seats that become free go down the queue in its order.
  await settings(organizer, { eventId, isSkipAheadAllowed: false })
  for (const { id, userId } of held) {
    const rival = rivals.find(({ person }) => person.userId === userId)
    if (rival) await act(rival.person, 'withdrawRegistration', { id })
    await act(organizer, 'cancelRegistration', { id, reason: 'Enough.' })
  }
  const after = new Map((await world.rows(registrations)).map((row) => [row.id, row.status]))
  const fitting = queue.filter(({ partySize }) => partySize <= (seats.capacity ?? 0))
  const states = fitting.map(({ id }) => after.get(id))
  const offered = states.lastIndexOf('OFFERED')
  expect(states.slice(0, offered + 1)).toEqual(Array(offered + 1).fill('OFFERED'))
})
