import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventCreated } from '../contract.ts'
import { events } from '../tables.ts'
import { draftOf, type SeenEvent, selection } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

describe('createEvent', () => {
  it('drafts an event that only organizers see', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const { event, userErrors } = await organizer.mutate<{ event: SeenEvent }>(
      'createEvent',
      draftOf(world, organization),
      selection,
    )
    expect(userErrors).toEqual([])
    expect(event).toEqual({
      id: expect.stringMatching(/^evt_/),
      title: 'Spring Hack',
      status: 'DRAFT',
      version: 1,
    })

    const query = 'query ($id: ID!) { event(id: $id) { id } }'
    const seen = async (person: typeof organizer) => (await person.run(query, { id: event.id })).data
    expect(await seen(organization.as('ADMIN'))).toEqual({ event: { id: event.id } })
    expect(await seen(organization.as('MEMBER'))).toEqual({ event: null })
    expect(await seen(world.person())).toEqual({ event: null })
    expect(await seen(world.anonymous)).toEqual({ event: null })

    const told = (await world.published(eventCreated)).filter(({ eventId }) => eventId === event.id)
    expect(told).toEqual([
      expect.objectContaining({ organizationId: organization.id, status: 'DRAFT', version: 1 }),
    ])
  })

  it('is refused with every reason at once, and writes nothing', async () => {
    const organization = world.organization()
    const before = await world.rows(events)
    const { event, userErrors } = await organization
      .as('ORGANIZER')
      .mutate<{ event: null }>(
        'createEvent',
        draftOf(world, organization, { title: ' ', timezone: 'Nowhere', capacity: 0 }),
        selection,
      )
    expect(event).toBeNull()
    expect(userErrors.map(({ code, path }) => [code, path.at(-1)])).toEqual([
      ['TOO_SHORT', 'title'],
      ['INVALID_TIMEZONE', 'timezone'],
      ['INVALID_VALUE', 'capacity'],
    ])
    expect(await world.rows(events)).toEqual(before)
  })

  it('is denied to others, who leave no row and no event', async () => {
    const organization = world.organization()
    const before = [await world.rows(events), await world.published(eventCreated)]
    const mutation = `mutation ($input: CreateEventInput!) { createEvent(input: $input) { ${selection} } }`
    const input = draftOf(world, organization)
    const codeFor = async (person: ReturnType<typeof world.person>) =>
      (await person.run(mutation, { input })).errors.map(({ code }) => code)
    expect(await codeFor(world.anonymous)).toEqual(['UNAUTHENTICATED'])
    expect(await codeFor(world.person())).toEqual(['FORBIDDEN'])
    expect(await codeFor(organization.as('MEMBER'))).toEqual(['FORBIDDEN'])
    // Holds the permission, but in another organization.
    expect(await codeFor(world.organization().as('OWNER'))).toEqual(['FORBIDDEN'])
    expect([await world.rows(events), await world.published(eventCreated)]).toEqual(before)
  })

  it('gives the same answer for the same key, and refuses the key for another input', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const input = draftOf(world, organization, { idempotencyKey: 'click-1' })
    const replies = await Promise.all(
      Array.from({ length: 12 }, () =>
        organizer.mutate<{ event: SeenEvent }>('createEvent', input, selection),
      ),
    )
    expect(new Set(replies.map(({ event }) => event.id)).size).toBe(1)
    const other = await organizer.mutate('createEvent', { ...input, title: 'Other' }, selection)
    expect(other.userErrors.map(({ code }) => code)).toEqual(['IDEMPOTENCY_KEY_REUSED'])
    expect((await world.rows(events)).filter((row) => row.organizationId === organization.id)).toHaveLength(1)
  })

  it('refuses an id of another kind', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const answer = await organizer.run('query { event(id: "usr_01jcdefghijkmnpqrstvwxyz01") { id } }')
    expect(answer.data).toEqual({ event: null })
  })
})
