import type { Envelope } from '@guildhall/kit/events/envelope'
import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { draftedEvent, transition } from './support.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants', 'projects'])
})
afterAll(() => world.close())

/** What both domains know of events. */
const known = () =>
  Promise.all(
    ['participants.event_seats', 'projects.event_terms'].map((table) =>
      world.host.database.sql.unsafe(`select * from ${table} order by id`),
    ),
  )

it('events that come shuffled, late and several times lead to the same state', async () => {
  const random = seededRandom(seed)
  const organization = world.organization()
  for (let no = 0; no < 6; no++) {
    const id = await draftedEvent(world, organization, { title: `Event ${no}` })
    const path = ['PUBLISHED', 'IN_PROGRESS', 'CANCELLED'].slice(0, Math.floor(random() * 4))
    for (const to of path) {
      await transition(organization, id, to, 'Because.')
      if (random() < 0.5 && to === 'PUBLISHED') {
        await organization
          .as('ORGANIZER')
          .mutate('updateEvent', { id, title: `Event ${no} anew`, capacity: 10 + no }, 'event { id }')
      }
    }
  }
  await world.settle()
  const before = await known()
  expect(before.map((rows) => rows.length)).toEqual([6, 6])

  const { sql } = world.host.database
  const logged = await sql`
    select id, name, version, aggregate, actor, occurred_at as "occurredAt", payload from events.outbox order by seq`
  for (const table of [
    'participants.registration_form',
    'participants.event_seats',
    'participants.inbox',
    'projects.event_terms',
    'projects.inbox',
  ])
    await sql.unsafe(`delete from ${table}`)
  const copies = (logged as unknown as Envelope[]).flatMap((event) =>
    Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({ event, place: random() })),
  )
  const shuffled = copies.sort((a, b) => a.place - b.place).map(({ event }) => event)
  expect(shuffled.length).toBeGreaterThanOrEqual(logged.length)
  while (shuffled.length > 0) {
    for (const event of shuffled.splice(0, 1 + Math.floor(random() * 5))) {
      await sql`
        insert into bus.delivery (consumer, event_id, aggregate, envelope)
        select consumer, ${event.id}, ${event.aggregate}, ${JSON.stringify(event)}::jsonb from bus.subscription
        where event_name = ${event.name}
        on conflict do nothing`
    }
    // Sometimes the rest comes only after these were handled.
    if (random() < 0.5) await world.settle()
  }
  await world.settle()
  expect(await known(), `SEED=${seed}`).toEqual(before)
})
