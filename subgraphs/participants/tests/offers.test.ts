import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registrationOfferExpired, registrationOffered, registrationWithdrawn } from '../contract.ts'
import { registrations } from '../tables.ts'
import {
  act,
  hourMs,
  people,
  publishedEvent,
  register,
  type SeenRegistration,
  seatsOf,
  statusesOf,
  sweep,
} from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

/** An event with all seats taken and people in the queue; everybody in the order of registration. */
async function queue(seats: number, waiting: number, over: object = {}) {
  const organization = world.organization()
  const eventId = await publishedEvent(world, organization, { capacity: seats, offerHours: 2, ...over })
  const all: (SeenRegistration & { person: Person })[] = []
  for (const person of people(world, seats + waiting)) {
    all.push({ person, ...(await register(person, eventId)) })
  }
  const at = (index: number) => {
    const found = all[index]
    if (!found) throw new Error(`nobody at ${index}`)
    return found
  }
  const withdraw = (index: number) => act(at(index).person, 'withdrawRegistration', { id: at(index).id })
  const accept = (index: number) => act(at(index).person, 'acceptOffer', { id: at(index).id })
  const decline = (index: number) => act(at(index).person, 'declineOffer', { id: at(index).id })
  return { organization, eventId, at, withdraw, accept, decline, statuses: () => statusesOf(world, eventId) }
}

describe('withdrawRegistration', () => {
  it('frees a seat, which is offered to the head of the queue at once', async () => {
    const { eventId, withdraw, statuses } = await queue(1, 2)
    expect(await withdraw(0)).toBe('WITHDRAWN')
    expect(await statuses()).toEqual(['WITHDRAWN', 'OFFERED', 'WAITLISTED'])
    expect(await seatsOf(world, eventId)).toMatchObject({ held: 1 })
    const told = (await world.published(registrationOffered)).filter((offer) => offer.eventId === eventId)
    const end = new Date(world.clock.now().getTime() + 2 * hourMs).toISOString()
    expect(told).toEqual([expect.objectContaining({ number: 2, offerExpiresAt: end, actorId: null })])
  })

  it('is refused twice, and to others the registration does not exist', async () => {
    const { at, eventId, organization, withdraw } = await queue(1, 0)
    const input = { id: at(0).id }
    const before = await world.rows(registrations, eq(registrations.eventId, eventId))
    expect(await act(world.person(), 'withdrawRegistration', input)).toBe('NOT_FOUND')
    expect(await act(organization.as('OWNER'), 'withdrawRegistration', input)).toBe('NOT_FOUND')
    expect(await world.rows(registrations, eq(registrations.eventId, eventId))).toEqual(before)
    expect(await withdraw(0)).toBe('WITHDRAWN')
    expect(await withdraw(0)).toBe('INVALID_STATE_TRANSITION')
    const told = (await world.published(registrationWithdrawn)).filter((one) => one.eventId === eventId)
    expect(told).toHaveLength(1)
  })

  it('leaves the one who withdrew out of what is offered later; registering again means queueing again', async () => {
    const { eventId, at, withdraw, accept, statuses } = await queue(1, 1)
    await withdraw(0)
    expect(await accept(1)).toBe('CONFIRMED')
    expect(await act(at(0).person, 'registerForEvent', { eventId })).toBe('WAITLISTED')
    await withdraw(1)
    await sweep(world)
    expect(await statuses()).toEqual(['WITHDRAWN', 'WITHDRAWN', 'OFFERED'])
  })

  it('of everybody at once leaves no seat held and nobody in the queue', async () => {
    const { eventId, withdraw, statuses } = await queue(10, 10)
    const said = await Promise.all(Array.from({ length: 20 }, (_, index) => withdraw(index)))
    expect(said).toEqual(Array(20).fill('WITHDRAWN'))
    expect(await statuses()).toEqual(Array(20).fill('WITHDRAWN'))
    expect(await seatsOf(world, eventId)).toMatchObject({ held: 0 })
  })

  it('races with acceptances: every seat stays held once, whoever comes first', async () => {
    const { eventId, withdraw, accept, statuses } = await queue(10, 20)
    await Promise.all(Array.from({ length: 10 }, (_, index) => withdraw(index)))
    const races = Array.from({ length: 10 }, (_, n) => [accept(10 + n), withdraw(10 + n)]).flat()
    const said = await Promise.all(races)
    expect(said.filter((_, n) => n % 2 === 1)).toEqual(Array(10).fill('WITHDRAWN'))
    const accepted = said.filter((_, n) => n % 2 === 0)
    expect(accepted.every((answer) => answer === 'CONFIRMED' || answer === 'INVALID_STATE_TRANSITION')).toBe(
      true,
    )
    expect(await statuses()).toEqual([...Array(20).fill('WITHDRAWN'), ...Array(10).fill('OFFERED')])
    expect(await seatsOf(world, eventId)).toMatchObject({ held: 10 })
  })
})

describe('acceptOffer and declineOffer', () => {
  it('confirm, or pass the seat on', async () => {
    const { withdraw, accept, decline, statuses } = await queue(1, 2)
    await withdraw(0)
    expect(await accept(2)).toBe('INVALID_STATE_TRANSITION')
    expect(await decline(1)).toBe('WITHDRAWN')
    expect(await statuses()).toEqual(['WITHDRAWN', 'WITHDRAWN', 'OFFERED'])
    expect(await accept(2)).toBe('CONFIRMED')
    expect(await decline(2)).toBe('INVALID_STATE_TRANSITION')
  })

  it('are denied to others', async () => {
    const { at, withdraw, statuses, organization } = await queue(1, 1)
    await withdraw(0)
    for (const mutation of ['acceptOffer', 'declineOffer']) {
      expect(await act(world.person(), mutation, { id: at(1).id })).toBe('NOT_FOUND')
      expect(await act(organization.as('ORGANIZER'), mutation, { id: at(1).id })).toBe('NOT_FOUND')
    }
    expect(await statuses()).toEqual(['WITHDRAWN', 'OFFERED'])
  })

  it('come too late at the very end of the offer; the seat goes on to the next', async () => {
    const { eventId, withdraw, accept, decline, statuses } = await queue(1, 2)
    await withdraw(0)
    world.clock.advance(2 * hourMs)
    expect(await accept(1)).toBe('OFFER_EXPIRED')
    await sweep(world)
    expect(await statuses()).toEqual(['WITHDRAWN', 'EXPIRED', 'OFFERED'])
    expect(await accept(1)).toBe('OFFER_EXPIRED')
    expect(await decline(1)).toBe('OFFER_EXPIRED')
    const told = (await world.published(registrationOfferExpired)).filter((one) => one.eventId === eventId)
    expect(told).toEqual([expect.objectContaining({ number: 2, actorId: null })])
  })

  it('race with the expiry: exactly one side wins, each time', async () => {
    const { eventId, at, withdraw, accept, statuses } = await queue(10, 20)
    await Promise.all(Array.from({ length: 10 }, (_, index) => withdraw(index)))
    // The house's clock passes the end of the offers while they are being accepted.
    const runtime = world.host.subgraphs.participants
    const sweeps = Array.from({ length: 4 }, async () => {
      world.clock.advance(hourMs / 2)
      await runtime?.definition.schedules[0]?.run(runtime.ownContext())
    })
    const said = await Promise.all([...Array.from({ length: 10 }, (_, n) => accept(10 + n)), ...sweeps])
    await sweep(world)
    const now = await statuses()
    for (let n = 10; n < 20; n++) {
      expect([said[n - 10], now[n]]).toEqual(
        said[n - 10] === 'CONFIRMED' ? ['CONFIRMED', 'CONFIRMED'] : ['OFFER_EXPIRED', 'EXPIRED'],
      )
    }
    const expired = now.filter((status) => status === 'EXPIRED').length
    expect(now.filter((status) => status === 'OFFERED')).toHaveLength(expired)
    expect(await seatsOf(world, eventId)).toMatchObject({ held: 10 })
    expect(at(19).number).toBe(20)
  })

  it('race with the expiry when nobody has swept yet', async () => {
    const { withdraw, accept, statuses } = await queue(1, 1)
    await withdraw(0)
    world.clock.advance(2 * hourMs)
    const said = await Promise.all([accept(1), sweep(world), sweep(world), accept(1)])
    expect([said[0], said[3]]).toEqual(['OFFER_EXPIRED', 'OFFER_EXPIRED'])
    expect(await statuses()).toEqual(['WITHDRAWN', 'EXPIRED'])
  })
})
