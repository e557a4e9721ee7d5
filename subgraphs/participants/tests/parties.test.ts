import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registrationCreated, registrationOffered } from '../contract.ts'
import { registrations } from '../tables.ts'
import { act, publishedEvent, seatsOf, statusesOf, sweep } from './support.ts'
import { parties, settings } from './waitlist-support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

describe('a party', () => {
  it('gets all its seats or queues, and nobody goes past it', async () => {
    const { eventId, statuses } = await parties(world, 5, [3, 3, 1])
    expect(await statuses()).toEqual(['CONFIRMED', 'WAITLISTED', 'WAITLISTED'])
    expect(await seatsOf(world, eventId)).toMatchObject({ held: 3, queued: 2 })
    const { data } = await world
      .person()
      .entity<{ registrationCounts: object }>(
        'participants',
        'Event',
        eventId,
        'registrationCounts { held confirmed waitlisted waitlistedSeats }',
      )
      .then((entity) => ({ data: entity }))
    expect(data).toEqual({
      registrationCounts: { held: 3, confirmed: 1, waitlisted: 2, waitlistedSeats: 4 },
    })
    const told = (await world.published(registrationCreated)).filter((one) => one.eventId === eventId)
    expect(told.map(({ partySize }) => partySize)).toEqual([3, 3, 1])
  })

  it('is offered seats only when they suffice for all of it', async () => {
    const { eventId, withdraw, accept, statuses } = await parties(world, 6, [2, 2, 2, 5, 1])
    await withdraw(0)
    await sweep(world)
    expect(await statuses()).toEqual(['WITHDRAWN', 'CONFIRMED', 'CONFIRMED', 'WAITLISTED', 'WAITLISTED'])
    await withdraw(1)
    await withdraw(2)
    expect((await statuses()).slice(3)).toEqual(['OFFERED', 'OFFERED'])
    expect(await accept(3)).toBe('CONFIRMED')
    expect(await seatsOf(world, eventId)).toMatchObject({ held: 6, queued: 0 })
  })

  it('that leaves the head of the queue lets those behind it have what is free', async () => {
    const { withdraw, statuses } = await parties(world, 4, [2, 4, 1, 1])
    expect(await statuses()).toEqual(['CONFIRMED', 'WAITLISTED', 'WAITLISTED', 'WAITLISTED'])
    await withdraw(1)
    expect(await statuses()).toEqual(['CONFIRMED', 'WITHDRAWN', 'OFFERED', 'OFFERED'])
  })

  it('that is turned down in the queue lets them have it, too', async () => {
    const { organization, at, statuses } = await parties(world, 4, [2, 4, 2])
    await act(organization.as('ORGANIZER'), 'rejectRegistration', { id: at(1).id, reason: 'No.' })
    expect(await statuses()).toEqual(['CONFIRMED', 'REJECTED', 'OFFERED'])
  })

  it('is let past larger ones where the event says so', async () => {
    const { eventId, organization, join, statuses } = await parties(world, 4, [2, 4, 1])
    const before = await statuses()
    expect(await settings(organization.as('ORGANIZER'), { eventId, isSkipAheadAllowed: true })).toEqual({
      isSkipAheadAllowed: true,
      maxPartySize: 10,
    })
    expect([before, await statuses()]).toEqual([
      ['CONFIRMED', 'WAITLISTED', 'WAITLISTED'],
      ['CONFIRMED', 'WAITLISTED', 'OFFERED'],
    ])
    expect(await join(2)).toBe('WAITLISTED')
    expect(await join(1)).toBe('OFFERED')
    expect(await seatsOf(world, eventId)).toMatchObject({ held: 4, queued: 2 })
    const told = (await world.published(registrationOffered)).filter((one) => one.eventId === eventId)
    expect(told.map(({ number }) => number)).toEqual([3, 5])
  })

  it('may be no larger than the event allows, nor than the event', async () => {
    const { eventId, organization, join } = await parties(world, 20, [])
    const small = await publishedEvent(world, organization, { capacity: 3 })
    const organizer = organization.as('ORGANIZER')
    const before = await world.rows(registrations)
    expect(await join(11)).toBe('PARTY_TOO_LARGE')
    expect(await join(0)).toBe('INVALID_VALUE')
    expect(await act(world.person(), 'registerForEvent', { eventId: small, partySize: 4 })).toBe(
      'PARTY_TOO_LARGE',
    )
    expect(await world.rows(registrations)).toEqual(before)
    await settings(organizer, { eventId, maxPartySize: 11 })
    expect(await join(11)).toBe('CONFIRMED')
  })

  it('that has become larger than the event does not block the queue', async () => {
    const { eventId, organization, withdraw, statuses } = await parties(world, 4, [1, 1, 4, 1])
    const organizer = organization.as('ORGANIZER')
    await organizer.mutate('updateEvent', { id: eventId, capacity: 3 }, 'event { id }')
    await world.settle()
    expect(await statuses()).toEqual(['CONFIRMED', 'CONFIRMED', 'WAITLISTED', 'OFFERED'])
    await withdraw(0)
    await organizer.mutate('updateEvent', { id: eventId, capacity: 6 }, 'event { id }')
    await world.settle()
    expect(await statuses()).toEqual(['WITHDRAWN', 'CONFIRMED', 'OFFERED', 'OFFERED'])
  })

  it('waits for a reviewer as one', async () => {
    const { organization, at, join, statuses } = await parties(world, 4, [3, 2, 1], {
      approvalMode: 'MANUAL',
    })
    expect(await join(4)).toBe('PENDING_APPROVAL')
    const { succeeded } = await organization
      .as('ORGANIZER')
      .mutate<{ succeeded: { status: string }[] }>(
        'approveRegistrations',
        { ids: [0, 1, 2].map((index) => at(index).id) },
        'succeeded { status }',
      )
    expect(succeeded.map(({ status }) => status)).toEqual(['CONFIRMED', 'WAITLISTED', 'WAITLISTED'])
    expect(await statuses()).toEqual(['CONFIRMED', 'WAITLISTED', 'WAITLISTED', 'PENDING_APPROVAL'])
  })
})

it('forty parties at once never hold more seats than there are', async () => {
  const organization = world.organization()
  const eventId = await publishedEvent(world, organization, { capacity: 30 })
  const sizes = Array.from({ length: 40 }, (_, n) => 1 + (n % 5))
  const said = await Promise.all(
    sizes.map((partySize) => act(world.person(), 'registerForEvent', { eventId, partySize })),
  )
  const rows = await world.rows(registrations, eq(registrations.eventId, eventId))
  const held = rows.filter(({ status }) => status === 'CONFIRMED')
  const [first] = rows.filter(({ status }) => status === 'WAITLISTED').sort((a, b) => a.number - b.number)
  const taken = held.reduce((sum, { partySize }) => sum + partySize, 0)
  expect(said.filter((status) => status === 'CONFIRMED')).toHaveLength(held.length)
  expect(taken).toBeLessThanOrEqual(30)
  // The first who queues did not fit, and everybody who came later queues behind.
  expect(taken + (first?.partySize ?? 0)).toBeGreaterThan(30)
  expect(held.every(({ number }) => number < (first?.number ?? 0))).toBe(true)
  expect(await statusesOf(world, eventId)).toHaveLength(40)
  expect(await seatsOf(world, eventId)).toMatchObject({ held: taken, queued: 40 - held.length })
})
