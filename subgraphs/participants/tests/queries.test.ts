import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { act, draftedEvent, people, publishedEvent, register } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

const onEvent = <T>(person: Person, id: string, selection: string) =>
  person.entity<T>('participants', 'Event', id, selection)

describe('a registration', () => {
  it('is seen by its participant and by reviewers, on every path', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization)
    const person = world.person()
    const { id } = await register(person, eventId)
    const paths = async (caller: Person) => [
      (
        await caller.run<{ registration: unknown } | null>(
          'query ($id: ID!) { registration(id: $id) { id } }',
          { id },
        )
      ).data?.registration ?? null,
      await caller.entity('participants', 'Registration', id, 'id'),
    ]
    expect(await paths(person)).toEqual([{ id }, { id }])
    expect(await paths(organization.as('ORGANIZER'))).toEqual([{ id }, { id }])
    for (const other of [
      world.anonymous,
      world.person(),
      organization.as('MEMBER'),
      world.organization().as('OWNER'),
    ]) {
      expect(await paths(other)).toEqual([null, null])
    }
  })

  it('offers each caller the steps that are theirs', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization, {
      approvalMode: 'MANUAL',
      capacity: 1,
    })
    const person = world.person()
    const { id } = await register(person, eventId)
    const steps = async (caller: Person) =>
      (
        await caller.entity<{ availableTransitions: unknown }>(
          'participants',
          'Registration',
          id,
          'availableTransitions { to mutation isReasonRequired blockedBy }',
        )
      )?.availableTransitions
    expect(await steps(person)).toEqual([
      { to: 'WITHDRAWN', mutation: 'withdrawRegistration', isReasonRequired: false, blockedBy: [] },
    ])
    expect(await steps(organization.as('ORGANIZER'))).toEqual([
      { to: 'CONFIRMED', mutation: 'approveRegistration', isReasonRequired: false, blockedBy: [] },
      { to: 'WAITLISTED', mutation: 'approveRegistration', isReasonRequired: false, blockedBy: [] },
      { to: 'REJECTED', mutation: 'rejectRegistration', isReasonRequired: true, blockedBy: [] },
    ])
  })
})

describe('an event', () => {
  it('shows its registrations to reviewers alone, in pages', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization, { capacity: 2 })
    for (const person of people(world, 3)) await register(person, eventId)
    const reviewer = organization.as('ORGANIZER')
    interface Page {
      registrations: {
        nodes: { number: number }[]
        pageInfo: { endCursor: string; hasNextPage: boolean }
        totalCount: number
      }
    }
    const page = (more: string) =>
      onEvent<Page>(
        reviewer,
        eventId,
        `registrations(${more}) { nodes { number } pageInfo { endCursor hasNextPage } totalCount }`,
      )
    const first = await page('first: 2')
    expect(first?.registrations).toMatchObject({ nodes: [{ number: 1 }, { number: 2 }], totalCount: 3 })
    const second = await page(`first: 2, after: "${first?.registrations.pageInfo.endCursor}"`)
    expect(second?.registrations).toMatchObject({ nodes: [{ number: 3 }], pageInfo: { hasNextPage: false } })
    expect((await page('first: 5, filter: { status: [WAITLISTED] }'))?.registrations.nodes).toEqual([
      { number: 3 },
    ])
    expect((await page('first: 5, filter: { status: [] }'))?.registrations.nodes).toEqual([])
    expect(
      (await page('first: 1, orderBy: { field: NUMBER, direction: DESC }'))?.registrations.nodes,
    ).toEqual([{ number: 3 }])
    expect(
      (await page('first: 1, orderBy: { field: UPDATED_AT, direction: DESC }'))?.registrations.totalCount,
    ).toBe(3)
    for (const other of [
      world.anonymous,
      world.person(),
      organization.as('MEMBER'),
      world.organization().as('OWNER'),
    ]) {
      expect(await onEvent(other, eventId, 'registrations { nodes { id } }')).toEqual({ registrations: null })
    }
  })

  it('counts in the open, but not for those who may not see it', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization, { capacity: 2 })
    const [first, ...others] = people(world, 4)
    if (!first) throw new Error('four people')
    const { id } = await register(first, eventId)
    for (const person of others) await register(person, eventId)
    await act(first, 'withdrawRegistration', { id })
    const selection =
      'registrationCounts { held live confirmed waitlisted pending capacity } registrationState'
    const counts = { held: 2, live: 3, confirmed: 1, waitlisted: 1, pending: 0, capacity: 2 }
    expect(await onEvent(world.anonymous, eventId, selection)).toEqual({
      registrationCounts: counts,
      registrationState: 'WAITLIST_ONLY',
    })
    const hidden = await draftedEvent(world, organization)
    expect(await onEvent(world.person(), hidden, selection)).toEqual({
      registrationCounts: null,
      registrationState: null,
    })
    expect(await onEvent(world.service, hidden, 'registrationCounts { held live }')).toEqual({
      registrationCounts: { held: 0, live: 0 },
    })
  })

  it("knows the caller's own registration: the live one before those that are over", async () => {
    const eventId = await publishedEvent(world, world.organization())
    const person = world.person()
    const mine = () => onEvent(person, eventId, 'myRegistration { number status }')
    expect(await mine()).toEqual({ myRegistration: null })
    const { id } = await register(person, eventId)
    await act(person, 'withdrawRegistration', { id })
    expect(await mine()).toEqual({ myRegistration: { number: 1, status: 'WITHDRAWN' } })
    await register(person, eventId)
    expect(await mine()).toEqual({ myRegistration: { number: 2, status: 'CONFIRMED' } })
    expect(await onEvent(world.anonymous, eventId, 'myRegistration { id }')).toEqual({ myRegistration: null })
  })

  it('costs the same number of statements however many registrations are shown', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization, { capacity: 2 })
    for (const person of people(world, 8)) await register(person, eventId)
    const selection =
      'registrations(first: 8) { nodes { id waitlistPosition history { to } availableTransitions { to } } totalCount }'
    const statements = await world.statements(() => onEvent(organization.as('OWNER'), eventId, selection))
    // Seats, page, count, queue, history.
    expect(statements.filter((statement) => statement.includes('"participants".'))).toHaveLength(5)
  })
})

describe('a user', () => {
  it('sees their own registrations, and nobody else does', async () => {
    const organization = world.organization()
    const person = world.person()
    await register(person, await publishedEvent(world, organization))
    const ofPerson = (caller: Person) =>
      caller.entity('participants', 'User', person.userId, 'registrations { nodes { number } totalCount }')
    expect(await ofPerson(person)).toEqual({ registrations: { nodes: [{ number: 1 }], totalCount: 1 } })
    expect(await ofPerson(organization.as('OWNER'))).toEqual({ registrations: null })
    expect(await ofPerson(world.anonymous)).toEqual({ registrations: null })
  })
})

describe('what our services ask', () => {
  it('the audience comes in pages, each person once', async () => {
    const organization = world.organization()
    const eventId = await publishedEvent(world, organization, { capacity: 2 })
    const all = people(world, 4)
    for (const person of all) await register(person, eventId)
    const document =
      'query ($eventId: ID!, $status: [RegistrationStatus!]!, $after: ID, $first: Int!) { eventAudience(eventId: $eventId, status: $status, after: $after, first: $first) }'
    const ask = async (caller: Person, variables: object) => {
      const { data, errors } = await caller.run<{ eventAudience: string[] } | null>(document, {
        eventId,
        status: ['CONFIRMED', 'WAITLISTED'],
        first: 3,
        ...variables,
      })
      return errors[0]?.code ?? data?.eventAudience
    }
    const first = await ask(organization.as('ORGANIZER'), {})
    const second = await ask(world.service, { after: first?.at(-1) })
    expect([...(first ?? []), ...(second ?? [])]).toEqual(all.map(({ userId }) => userId).sort())
    expect(await ask(world.service, { status: [] })).toEqual([])
    expect(await ask(world.person(), {})).toBe('FORBIDDEN')
    expect(await ask(world.organization().as('OWNER'), {})).toBe('FORBIDDEN')
  })

  it('where somebody stands is for services only', async () => {
    const eventId = await publishedEvent(world, world.organization())
    const person = world.person()
    await register(person, eventId)
    const document =
      'query ($eventId: ID!, $userId: ID!) { participation(eventId: $eventId, userId: $userId) }'
    const variables = { eventId, userId: person.userId }
    expect((await world.service.run(document, variables)).data).toEqual({ participation: 'CONFIRMED' })
    expect((await person.run(document, variables)).errors.map(({ code }) => code)).toEqual(['FORBIDDEN'])
  })
})
