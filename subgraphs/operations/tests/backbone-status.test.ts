import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createEvent, domains, exhaust, operator, poison } from './support.ts'

let world: World
beforeEach(async () => {
  world = await createWorld(domains)
})
afterEach(() => world.close())

interface Seen {
  backboneStatus: {
    unavailableDomains: string[]
    domains: {
      domain: string
      consumer: object | null
      schedules: { name: string; endedAt: string | null; nextDueAt: string }[]
    }[]
  }
}

async function status(caller: Person) {
  const { data, errors } = await caller.run<Seen>(`{ backboneStatus { unavailableDomains domains {
    domain transport unsentCount oldestUnsentSeconds
    consumer { unreadCount waitingCount oldestWaitingSeconds deadCount heardAt replayableEvents }
    schedules { name everySeconds nextDueAt isRunning startedAt endedAt lastRunMs lastError lastGoodAt }
  } } }`)
  expect(errors).toEqual([])
  return data.backboneStatus
}
const of = async (domain: string) =>
  (await status(operator(world))).domains.find((one) => one.domain === domain)

it('says of every domain what waits and what died, and which domains are away', async () => {
  await poison(world, 'Poison')
  const organization = world.organization()
  await createEvent(world, organization, 'Poison')
  await exhaust(world)
  await createEvent(world, organization, 'Poison too')
  await world.settle()
  world.clock.advance(90_000)
  const { domains: seen, unavailableDomains } = await status(operator(world, 'SUPPORT'))
  expect(unavailableDomains).toEqual(['identity', 'judging'])
  expect(seen.map(({ domain }) => domain)).toEqual(domains)
  expect(await of('participants')).toMatchObject({
    transport: 'postgres',
    unsentCount: 0,
    oldestUnsentSeconds: 0,
    consumer: {
      unreadCount: 0,
      waitingCount: 2,
      oldestWaitingSeconds: 90,
      deadCount: 1,
      replayableEvents: [
        'events.event.created',
        'events.event.status_changed',
        'events.event.updated',
        'events.membership.changed',
      ],
    },
  })
  expect(await of('projects')).toMatchObject({
    consumer: { waitingCount: 0, deadCount: 0, heardAt: expect.any(String) },
  })
  expect((await of('events'))?.consumer).toBeNull()
})

it('says how many events no relay has taken, and for how long the oldest waits', async () => {
  await world.settle()
  const relay = await world.host.database.sql.reserve()
  // As if the one at work had stopped in the middle.
  await relay`select pg_advisory_lock(hashtextextended('relay:events', 0))`
  const organization = world.organization()
  await createEvent(world, organization, 'First')
  world.clock.advance(15_000)
  await createEvent(world, organization, 'Second')
  world.clock.advance(30_000)
  // Of each the event, and its first organizer.
  expect(await of('events')).toMatchObject({ unsentCount: 4, oldestUnsentSeconds: 45, consumer: null })
  expect(await of('participants')).toMatchObject({ unsentCount: 0, oldestUnsentSeconds: 0 })

  await relay`select pg_advisory_unlock(hashtextextended('relay:events', 0))`
  relay.release()
  await world.settle()
  expect(await of('events')).toMatchObject({ unsentCount: 0, oldestUnsentSeconds: 0 })
})

it('says when everything that is done by the clock was done, and when it is due next', async () => {
  const sweep = async () =>
    (await of('notifications'))?.schedules.find(({ name }) => name === 'forgetOldNotifications')
  await vi.waitFor(async () => expect((await sweep())?.endedAt).toEqual(expect.any(String)), 10_000)
  const seen = await sweep()
  expect(seen).toMatchObject({
    everySeconds: 600,
    isRunning: false,
    lastRunMs: expect.any(Number),
    lastError: null,
    lastGoodAt: seen?.endedAt,
  })
  expect(Date.parse(seen?.nextDueAt ?? '')).toBeGreaterThan(Date.parse(seen?.endedAt ?? ''))
})

it('shows nothing to those who do not run the house', async () => {
  const { data, errors } = await world
    .organization()
    .as('OWNER')
    .run('{ backboneStatus { unavailableDomains } }')
  expect([data, errors.map(({ code }) => code)]).toEqual([{ backboneStatus: null }, ['FORBIDDEN']])
})
