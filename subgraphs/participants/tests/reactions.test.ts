import { createWorld, type TestOrganization, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registrationCancelled } from '../contract.ts'
import {
  act,
  draftedEvent,
  hourMs,
  people,
  publishedEvent,
  register,
  seatsOf,
  statusesOf,
  sweep,
  transition,
} from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

async function update(organization: TestOrganization, id: string, changes: object): Promise<string[]> {
  const { userErrors } = await organization
    .as('ORGANIZER')
    .mutate('updateEvent', { id, ...changes }, 'event { id }')
  await world.settle()
  return userErrors.map(({ code }) => code)
}

describe('what becomes of an event', () => {
  it('is kept: the newest terms we have heard of', async () => {
    const organization = world.organization()
    const eventId = await draftedEvent(world, organization, { capacity: 3 })
    expect(await seatsOf(world, eventId)).toMatchObject({
      status: 'DRAFT',
      capacity: 3,
      termsVersion: 1,
      isCallingOff: false,
    })
    await transition(organization, eventId, 'PUBLISHED')
    await update(organization, eventId, { title: 'Winter Hack', capacity: null })
    expect(await seatsOf(world, eventId)).toMatchObject({
      status: 'PUBLISHED',
      title: 'Winter Hack',
      capacity: null,
      seatLimit: null,
      termsVersion: 3,
    })
  })

  it('raising the capacity offers the new seats', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization, { capacity: 1 })
    for (const person of people(world, 4)) await register(person, eventId, { idempotencyKey: 'k' })
    expect(await update(organization, eventId, { capacity: 3 })).toEqual([])
    expect(await statusesOf(world, eventId)).toEqual(['CONFIRMED', 'OFFERED', 'OFFERED', 'WAITLISTED'])
    expect(await update(organization, eventId, { capacity: 2 })).toEqual(['CAPACITY_BELOW_CONFIRMED'])
  })

  it('lowering it below what is held, unseen by events, puts nobody out and takes nobody in', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization, { capacity: 3 })
    const [first, second, third, fourth] = people(world, 4)
    if (!first || !second || !third || !fourth) throw new Error('four people')
    const { id } = await register(first, eventId)
    const [raced] = await Promise.all([
      organization.as('ORGANIZER').mutate('updateEvent', { id: eventId, capacity: 1 }, 'event { id }'),
      register(second, eventId),
      register(third, eventId),
    ])
    await world.settle()
    // Either events saw them in time, or up to two of them were in before the news came.
    const isLowered = raced.userErrors.length === 0
    const { held } = await seatsOf(world, eventId)
    expect(await seatsOf(world, eventId)).toMatchObject(
      isLowered ? { capacity: 1, seatLimit: held } : { capacity: 3, seatLimit: 3, held: 3 },
    )
    expect(await act(fourth, 'registerForEvent', { eventId })).toBe('WAITLISTED')
    if (!isLowered || held === 1) return
    await act(first, 'withdrawRegistration', { id })
    expect(await seatsOf(world, eventId)).toMatchObject({ capacity: 1, seatLimit: held - 1, held: held - 1 })
  })

  it('cancelling it cancels what stands, with the reason', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization, { capacity: 2 })
    const [first, ...others] = people(world, 4)
    if (!first) throw new Error('four people')
    const { id } = await register(first, eventId)
    for (const person of others) await register(person, eventId, { idempotencyKey: 'k' })
    await act(first, 'withdrawRegistration', { id })
    await transition(organization, eventId, 'CANCELLED', 'Storm')
    await world.settle()
    expect(await statusesOf(world, eventId)).toEqual(['WITHDRAWN', 'CANCELLED', 'CANCELLED', 'CANCELLED'])
    expect(await seatsOf(world, eventId)).toMatchObject({ held: 0, isCallingOff: false })
    const told = (await world.published(registrationCancelled)).filter((one) => one.eventId === eventId)
    expect(told.map(({ reason, actorId }) => [reason, actorId])).toEqual(Array(3).fill(['Storm', null]))
    expect(await act(first, 'registerForEvent', { eventId })).toBe('REGISTRATION_CLOSED')
  })

  it('more than a batch falls in portions', { timeout: 60_000 }, async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization)
    await Promise.all(people(world, 130).map((person) => register(person, eventId, { idempotencyKey: 'k' })))
    await transition(organization, eventId, 'CANCELLED', 'Storm')
    await world.settle()
    await sweep(world)
    expect(await statusesOf(world, eventId)).toEqual(Array(130).fill('CANCELLED'))
    expect(await seatsOf(world, eventId)).toMatchObject({ held: 0, isCallingOff: false })
  })

  it('going back to draft is not possible with registrations', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization)
    await register(world.person(), eventId)
    const { userErrors } = await organization
      .as('ORGANIZER')
      .mutate('transitionEvent', { id: eventId, to: 'DRAFT', reason: 'Not ready' }, 'event { id }')
    expect(userErrors.map(({ code }) => code)).toEqual(['HAS_REGISTRATIONS'])
  })

  it('ends: nothing is offered any more', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization, { capacity: 1 })
    const [first, second] = people(world, 2)
    if (!first || !second) throw new Error('two people')
    const { id } = await register(first, eventId)
    await register(second, eventId)
    world.clock.advance(9 * 24 * hourMs)
    await act(first, 'withdrawRegistration', { id })
    await sweep(world)
    expect(await statusesOf(world, eventId)).toEqual(['WITHDRAWN', 'WAITLISTED'])
  })
})
