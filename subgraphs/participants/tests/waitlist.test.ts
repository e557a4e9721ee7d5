import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registrationOffered, waitlistReordered } from '../contract.ts'
import { eventSeats, registrations, registrationTransitions } from '../tables.ts'
import { act } from './support.ts'
import { parties, settings } from './waitlist-support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

interface Queue {
  nodes: { number: number; waitlistPosition: number }[]
  pageInfo: { hasNextPage: boolean; endCursor: string }
}

/** Numbers of those who queue, who is next first, as a reviewer sees them. */
async function queueOf(reviewer: Person, eventId: string): Promise<number[]> {
  const numbers: number[] = []
  for (let after: string | null = null; ; ) {
    const page: string = after ? `, after: "${after}"` : ''
    const event = await reviewer.entity<{ waitlist: Queue }>(
      'participants',
      'Event',
      eventId,
      `waitlist(first: 2${page}) { nodes { number waitlistPosition } pageInfo { hasNextPage endCursor } }`,
    )
    const nodes = event?.waitlist.nodes ?? []
    expect(nodes.map(({ waitlistPosition }) => waitlistPosition)).toEqual(
      nodes.map((_, index) => numbers.length + index + 1),
    )
    numbers.push(...nodes.map(({ number }) => number))
    if (!event?.waitlist.pageInfo.hasNextPage) return numbers
    after = event.waitlist.pageInfo.endCursor
  }
}

describe('the queue', () => {
  it('is shown in its order to reviewers, and to nobody else', async () => {
    const { organization, eventId, at } = await parties(world, 1, [1, 1, 1, 1, 1])
    expect(await queueOf(organization.as('ORGANIZER'), eventId)).toEqual([2, 3, 4, 5])
    for (const person of [at(1).person, organization.as('MEMBER'), world.organization().as('OWNER')]) {
      expect(await person.entity('participants', 'Event', eventId, 'waitlist { nodes { number } }')).toEqual({
        waitlist: null,
      })
    }
  })
})

describe('reorderWaitlist', () => {
  it('gives any place, which is kept when others come', async () => {
    const { organization, eventId, at, join } = await parties(world, 1, [1, 1, 1, 1, 1])
    const organizer = organization.as('ORGANIZER')
    const place = (index: number, position: number) =>
      act(organizer, 'reorderWaitlist', { id: at(index).id, position, reason: 'Speaks.' })
    expect(await place(3, 1)).toBe('WAITLISTED')
    expect(await queueOf(organizer, eventId)).toEqual([4, 2, 3, 5])
    await place(4, 3)
    expect(await queueOf(organizer, eventId)).toEqual([4, 2, 5, 3])
    await place(3, 99)
    expect(await queueOf(organizer, eventId)).toEqual([2, 5, 3, 4])
    await place(3, 2)
    expect(await queueOf(organizer, eventId)).toEqual([2, 4, 5, 3])
    await place(1, 4)
    expect(await queueOf(organizer, eventId)).toEqual([4, 5, 3, 2])
    await join(1)
    expect((await queueOf(organizer, eventId))[0]).toBe(4)
  })

  it('counts in the next offer, and the person reads why', async () => {
    const { organization, eventId, at, withdraw, statuses } = await parties(world, 1, [1, 1, 1])
    const organizer = organization.as('ORGANIZER')
    await act(organizer, 'reorderWaitlist', { id: at(2).id, priority: 5, reason: ' Came twice in vain. ' })
    await withdraw(0)
    expect(await statuses()).toEqual(['WITHDRAWN', 'WAITLISTED', 'OFFERED'])
    const { data } = await at(2).person.run<{ registration: { history: object[] } }>(
      'query ($id: ID!) { registration(id: $id) { history { from to reason actor { id } } } }',
      { id: at(2).id },
    )
    expect(data.registration.history).toContainEqual({
      from: 'WAITLISTED',
      to: 'WAITLISTED',
      reason: 'Came twice in vain.',
      actor: { id: organizer.userId },
    })
    const told = (await world.published(waitlistReordered)).filter((one) => one.eventId === eventId)
    expect(told).toEqual([
      expect.objectContaining({
        number: 3,
        position: 1,
        reason: 'Came twice in vain.',
        actorId: organizer.userId,
      }),
    ])
  })

  it('may bring a party to the head that fits: it is offered seats at once', async () => {
    const { organization, at, statuses } = await parties(world, 4, [2, 4, 2])
    const organizer = organization.as('ORGANIZER')
    expect(await act(organizer, 'reorderWaitlist', { id: at(2).id, position: 1, reason: 'Fits.' })).toBe(
      'OFFERED',
    )
    expect(await statuses()).toEqual(['CONFIRMED', 'WAITLISTED', 'OFFERED'])
  })

  it('is refused for who does not queue, without a reason, and with two places or none', async () => {
    const { organization, at } = await parties(world, 1, [1, 1])
    const organizer = organization.as('ORGANIZER')
    const said = (index: number, more: object) =>
      act(organizer, 'reorderWaitlist', { id: at(index).id, reason: 'Why.', ...more })
    expect(await said(0, { position: 1 })).toBe('INVALID_STATE_TRANSITION')
    expect(await said(1, { position: 1, reason: ' ' })).toBe('TOO_SHORT')
    expect(await said(1, { position: 0 })).toBe('INVALID_VALUE')
    expect(await said(1, {})).toBe('INVALID_VALUE')
    expect(await said(1, { position: 1, priority: 1 })).toBe('INVALID_VALUE')
  })

  it('leaves a queue of everybody, however many reorder it at once', async () => {
    const { organization, eventId, at } = await parties(world, 1, Array(9).fill(1))
    const organizer = organization.as('ORGANIZER')
    const said = await Promise.all(
      Array.from({ length: 24 }, (_, n) =>
        act(organizer, 'reorderWaitlist', { id: at(1 + (n % 8)).id, position: 1 + (n % 5), reason: 'Why.' }),
      ),
    )
    expect(said).toEqual(Array(24).fill('WAITLISTED'))
    expect((await queueOf(organizer, eventId)).sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
  })
})

describe('offerNextFromWaitlist', () => {
  const offer = async (person: Person, input: object) => {
    const { registrations: offered, userErrors } = await person.mutate<{
      registrations: { number: number }[] | null
    }>('offerNextFromWaitlist', input, 'registrations { number }')
    return userErrors[0]?.code ?? offered?.map(({ number }) => number)
  }

  it('goes past a party that is too large, within the seats that are free', async () => {
    const { organization, eventId, statuses } = await parties(world, 4, [2, 4, 1, 1])
    const organizer = organization.as('ORGANIZER')
    expect(await offer(organizer, { eventId, count: 3 })).toBe('EVENT_FULL')
    expect(await statuses()).toEqual(['CONFIRMED', 'WAITLISTED', 'WAITLISTED', 'WAITLISTED'])
    expect(await offer(organizer, { eventId, count: 2 })).toEqual([3, 4])
    expect(await offer(organizer, { eventId })).toBe('EVENT_FULL')
    expect(await statuses()).toEqual(['CONFIRMED', 'WAITLISTED', 'OFFERED', 'OFFERED'])
    expect(await offer(organizer, { eventId, count: 0 })).toBe('INVALID_VALUE')
  })

  it('of many at once offers each seat once', async () => {
    const { organization, eventId } = await parties(world, 4, [1, 4, 1, 1, 1, 1, 1])
    const said = await Promise.all(
      Array.from({ length: 10 }, () => offer(organization.as('ORGANIZER'), { eventId })),
    )
    expect(
      said
        .filter((one) => one !== 'EVENT_FULL')
        .flat()
        .sort(),
    ).toEqual([3, 4, 5])
    expect(
      (await world.published(registrationOffered)).filter((one) => one.eventId === eventId),
    ).toHaveLength(3)
  })

  it('does not offer anything to those who withdrew after they had accepted', async () => {
    const { organization, eventId, withdraw, accept, statuses } = await parties(world, 1, [1, 1])
    await withdraw(0)
    await accept(1)
    await withdraw(1)
    expect(await offer(organization.as('ORGANIZER'), { eventId, count: 5 })).toEqual([])
    expect(await statuses()).toEqual(['WITHDRAWN', 'WITHDRAWN'])
  })
})

it('who does not manage the event changes nothing of its queue', async () => {
  const { organization, eventId, at } = await parties(world, 2, [1, 2, 1])
  const before = [
    await world.rows(registrations),
    await world.rows(eventSeats),
    await world.rows(registrationTransitions),
  ]
  const attempts: [string, object][] = [
    ['updateWaitlistSettings', { eventId, isSkipAheadAllowed: true }],
    ['reorderWaitlist', { id: at(2).id, position: 1, reason: 'Me first.' }],
    ['offerNextFromWaitlist', { eventId }],
  ]
  for (const [mutation, input] of attempts) {
    const select = 'userErrors { code }'
    const document = `mutation ($input: ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!) { ${mutation}(input: $input) { ${select} } }`
    const said = async (person: Person) => (await person.run(document, { input })).errors[0]?.code
    expect(await said(world.anonymous)).toBe('UNAUTHENTICATED')
    expect(await said(at(2).person)).toBe('FORBIDDEN')
    for (const person of [organization.as('MEMBER'), world.organization().as('OWNER')]) {
      const { data, errors } = await person.run<Record<string, { userErrors: { code: string }[] }>>(
        document,
        { input },
      )
      expect(errors[0]?.code ?? data[mutation]?.userErrors[0]?.code).toBe(
        mutation === 'reorderWaitlist' ? 'NOT_FOUND' : 'FORBIDDEN',
      )
    }
  }
  expect([
    await world.rows(registrations),
    await world.rows(eventSeats),
    await world.rows(registrationTransitions),
  ]).toEqual(before)
  expect((await world.published(waitlistReordered)).filter((one) => one.eventId === eventId)).toEqual([])
  expect(await settings(organization.as('ORGANIZER'), { eventId, maxPartySize: 101 })).toBe('INVALID_VALUE')
  expect((await world.rows(registrations, eq(registrations.eventId, eventId))).length).toBe(3)
})
