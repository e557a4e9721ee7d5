import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registrationConfirmed, registrationCreated, registrationWaitlisted } from '../contract.ts'
import { registrations, registrationTransitions } from '../tables.ts'
import {
  act,
  draftedEvent,
  hourMs,
  people,
  publishedEvent,
  register,
  seatsOf,
  statusesOf,
  transition,
} from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

describe('registerForEvent', () => {
  it('gives a seat, a number, a history and two events', async () => {
    const eventId = await publishedEvent(world, world.organization(), { capacity: 2 })
    const person = world.person()
    const registration = await register(person, eventId, { message: ' Vegan, please. ' })
    expect(registration).toEqual({ id: expect.stringMatching(/^reg_/), number: 1, status: 'CONFIRMED' })
    expect(await world.rows(registrations, eq(registrations.eventId, eventId))).toEqual([
      expect.objectContaining({ userId: person.userId, message: 'Vegan, please.', version: 1 }),
    ])
    expect(
      await world.rows(registrationTransitions, eq(registrationTransitions.registrationId, registration.id)),
    ).toEqual([expect.objectContaining({ from: null, to: 'CONFIRMED', actorId: person.userId })])
    const facts = expect.objectContaining({
      eventId,
      eventTitle: 'Spring Hack',
      number: 1,
      status: 'CONFIRMED',
    })
    expect((await world.published(registrationCreated)).filter((told) => told.eventId === eventId)).toEqual([
      facts,
    ])
    expect((await world.published(registrationConfirmed)).filter((told) => told.eventId === eventId)).toEqual(
      [facts],
    )
  })

  it('queues whoever comes when all seats are taken, and tells the place', async () => {
    const eventId = await publishedEvent(world, world.organization(), { capacity: 1 })
    await register(world.person(), eventId)
    await register(world.person(), eventId)
    const third = world.person()
    const { id } = await register(third, eventId)
    const { data } = await third.run(
      'query ($id: ID!) { registration(id: $id) { status waitlistPosition } }',
      { id },
    )
    expect(data).toEqual({ registration: { status: 'WAITLISTED', waitlistPosition: 2 } })
    expect(
      (await world.published(registrationWaitlisted)).filter((told) => told.eventId === eventId),
    ).toHaveLength(2)
  })

  it('waits for a reviewer where the event says so', async () => {
    const eventId = await publishedEvent(world, world.organization(), { approvalMode: 'MANUAL', capacity: 1 })
    expect((await register(world.person(), eventId)).status).toBe('PENDING_APPROVAL')
    expect((await seatsOf(world, eventId)).held).toBe(0)
  })

  it('is refused before, after, when full, twice, and for what one does not see', async () => {
    const organization = world.organization()
    const now = world.clock.now().getTime()
    const at = (ms: number) => new Date(now + ms).toISOString()
    const early = await publishedEvent(world, organization, { registrationOpensAt: at(hourMs) })
    const late = await publishedEvent(world, organization, { registrationClosesAt: at(-hourMs) })
    const full = await publishedEvent(world, organization, { capacity: 1, isWaitlistEnabled: false })
    const hidden = await publishedEvent(world, organization, { visibility: 'ORGANIZATION' })
    const draft = await draftedEvent(world, organization)
    const judged = await publishedEvent(world, organization)
    await transition(organization, judged, 'IN_PROGRESS')
    await transition(organization, judged, 'JUDGING')
    await world.settle()
    const first = world.person()
    await register(first, full)
    const before = [await world.rows(registrations), await world.published(registrationCreated)]

    const second = world.person()
    expect(await act(second, 'registerForEvent', { eventId: early })).toBe('REGISTRATION_NOT_OPEN')
    expect(await act(second, 'registerForEvent', { eventId: late })).toBe('REGISTRATION_CLOSED')
    expect(await act(second, 'registerForEvent', { eventId: judged })).toBe('REGISTRATION_CLOSED')
    expect(await act(second, 'registerForEvent', { eventId: full })).toBe('EVENT_FULL')
    expect(await act(first, 'registerForEvent', { eventId: full })).toBe('ALREADY_REGISTERED')
    expect(await act(second, 'registerForEvent', { eventId: hidden })).toBe('NOT_FOUND')
    expect(await act(second, 'registerForEvent', { eventId: draft })).toBe('NOT_FOUND')
    expect(await act(second, 'registerForEvent', { eventId: 'evt_nonsense' })).toBe('NOT_FOUND')
    expect(await act(second, 'registerForEvent', { eventId: full, message: 'x'.repeat(1001) })).toBe(
      'TOO_LONG',
    )
    expect([await world.rows(registrations), await world.published(registrationCreated)]).toEqual(before)

    world.clock.advance(hourMs)
    expect(await act(second, 'registerForEvent', { eventId: early })).toBe('CONFIRMED')
    expect(await act(organization.as('GUEST'), 'registerForEvent', { eventId: hidden })).toBe('CONFIRMED')
  })

  it('asks events for what it has not heard of', async () => {
    const other = await createWorld(['events', 'participants'])
    try {
      const organization = other.organization()
      const eventId = await draftedEvent(other, organization)
      await transition(organization, eventId, 'PUBLISHED')
      // Not settled: the publication is still on its way.
      expect((await register(other.person(), eventId)).status).toBe('CONFIRMED')
    } finally {
      await other.close()
    }
  })

  it('is denied to nobody in particular, who leaves no row', async () => {
    const eventId = await publishedEvent(world, world.organization())
    const { errors } = await world.anonymous.run(
      'mutation ($input: RegisterForEventInput!) { registerForEvent(input: $input) { registration { id } } }',
      { input: { eventId } },
    )
    expect(errors.map(({ code }) => code)).toEqual(['UNAUTHENTICATED'])
    expect(await world.rows(registrations, eq(registrations.eventId, eventId))).toEqual([])
  })

  it('registers a person once, however often they click', async () => {
    const eventId = await publishedEvent(world, world.organization(), { capacity: 50 })
    const person = world.person()
    const clicks = await Promise.all(
      Array.from({ length: 12 }, () => act(person, 'registerForEvent', { eventId })),
    )
    expect(clicks.sort()).toEqual([...Array(11).fill('ALREADY_REGISTERED'), 'CONFIRMED'])
    const again = world.person()
    const same = await Promise.all(
      Array.from({ length: 12 }, () => register(again, eventId, { idempotencyKey: 'once' })),
    )
    expect(new Set(same.map(({ id }) => id)).size).toBe(1)
    expect(await seatsOf(world, eventId)).toMatchObject({ held: 2, nextNumber: 3 })
  })

  it('gives 50 seats to 200 people at once: 50 confirmed, 150 in the queue, in order', async () => {
    const eventId = await publishedEvent(world, world.organization(), { capacity: 50 })
    const rivals = people(world, 200)
    const replies = await Promise.all(
      rivals.map((person) => register(person, eventId, { idempotencyKey: 'k' })),
    )
    expect(replies.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 200 }, (_, n) => n + 1),
    )
    expect(await statusesOf(world, eventId)).toEqual([
      ...Array(50).fill('CONFIRMED'),
      ...Array(150).fill('WAITLISTED'),
    ])
    expect(await seatsOf(world, eventId)).toMatchObject({ held: 50, seatLimit: 50 })
    expect(
      (await world.published(registrationConfirmed)).filter((told) => told.eventId === eventId),
    ).toHaveLength(50)
    expect(
      (await world.published(registrationWaitlisted)).filter((told) => told.eventId === eventId),
    ).toHaveLength(150)
    const last = replies.findIndex(({ number }) => number === 200)
    const answer = await rivals[last]?.run<{ registration: unknown }>(
      'query ($id: ID!) { registration(id: $id) { waitlistPosition } }',
      { id: replies[last]?.id },
    )
    expect(answer?.data.registration).toEqual({ waitlistPosition: 150 })
  })
})
