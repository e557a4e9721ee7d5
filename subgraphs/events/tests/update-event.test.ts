import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventUpdated } from '../contract.ts'
import { events } from '../tables.ts'
import { drafted, published, type SeenEvent, selection } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

describe('updateEvent', () => {
  it('changes what is given, clears with null, keeps what is left out', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const { id } = await drafted(world, organizer, organization, { venue: 'Hall 1', capacity: 50 })
    const { event } = await organizer.mutate<{ event: object }>(
      'updateEvent',
      { id, title: 'Summer Hack', venue: null },
      'event { title venue capacity version }',
    )
    expect(event).toEqual({ title: 'Summer Hack', venue: null, capacity: 50, version: 2 })
    const told = (await world.published(eventUpdated)).filter(({ eventId }) => eventId === id)
    expect(told.map(({ title, version }) => [title, version])).toEqual([['Summer Hack', 2]])
  })

  it.each([
    [{ timezone: 'Nowhere' }, 'INVALID_TIMEZONE'],
    [{ endsAt: '2020-01-01T00:00:00Z' }, 'INVALID_TIME_RANGE'],
    [{ title: 'x'.repeat(10_000) }, 'TOO_LONG'],
    [{ summary: 'nul \u0000' }, 'INVALID_VALUE'],
    [{ title: 'New', idempotencyKey: 'nul \u0000' }, 'INVALID_VALUE'],
    [{ title: 'New', idempotencyKey: 'x'.repeat(201) }, 'INVALID_VALUE'],
    [{ title: 'New', expectedVersion: 99 }, 'VERSION_CONFLICT'],
  ])('refuses %j with %s and changes nothing', async (changes, code) => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const { id } = await drafted(world, organizer, organization)
    const before = await world.rows(events, eq(events.id, id))
    const { userErrors } = await organizer.mutate('updateEvent', { id, ...changes }, selection)
    expect(userErrors.map((error) => error.code)).toEqual([code])
    expect(await world.rows(events, eq(events.id, id))).toEqual(before)
  })

  it('refuses to touch history', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const { id } = await published(world, organizer, organization)
    await organizer.mutate('transitionEvent', { id, to: 'CANCELLED', reason: 'Rain.' }, selection)
    const { userErrors } = await organizer.mutate('updateEvent', { id, title: 'Undead' }, selection)
    expect(userErrors.map((error) => error.code)).toEqual(['EVENT_NOT_EDITABLE'])
  })

  it('is denied to members who see the event but may not write', async () => {
    const organization = world.organization()
    const { id } = await published(world, organization.as('ORGANIZER'), organization)
    const rival = world.organization().as('OWNER')
    const answer = await rival.run(
      `mutation ($input: UpdateEventInput!) { updateEvent(input: $input) { ${selection} } }`,
      { input: { id, title: 'Mine now' } },
    )
    expect(answer.errors.map(({ code }) => code)).toEqual(['FORBIDDEN'])
    expect((await world.rows(events, eq(events.id, id))).map(({ title }) => title)).toEqual(['Spring Hack'])
  })

  it('lets one of two writers win who have seen the same version', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const { id } = await drafted(world, organizer, organization)
    const replies = await Promise.all(
      ['A', 'B'].map((title) =>
        organizer.mutate<{ event: SeenEvent | null }>(
          'updateEvent',
          { id, title, expectedVersion: 1 },
          selection,
        ),
      ),
    )
    expect(replies.map(({ userErrors }) => userErrors[0]?.code ?? 'done').sort()).toEqual([
      'VERSION_CONFLICT',
      'done',
    ])
    expect((await world.rows(events, eq(events.id, id))).map(({ version }) => version)).toEqual([2])
  })
})
