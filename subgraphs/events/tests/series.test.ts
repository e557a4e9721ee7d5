import { createWorld, type Person, type TestOrganization, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventCreated } from '../contract.ts'
import { movedWith } from '../domain/moved-with.ts'
import { eventMemberships, eventReminders, events, eventTracks } from '../tables.ts'
import { drafted, draftOf, published } from './support.ts'

let world: World
let organization: TestOrganization
let organizer: Person
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
  organization = world.organization()
  organizer = organization.as('ORGANIZER')
})
afterAll(() => world.close())

const begun = async (title = 'Hack Nights', owner = organizer, of = organization): Promise<string> => {
  const { series } = await owner.mutate<{ series: { id: string } }>(
    'createEventSeries',
    { organizationId: of.id, title },
    'series { id }',
  )
  return series.id
}

const codes = async (person: Person, mutation: string, input: object, field: string) =>
  (await person.mutate(mutation, input, `${field} { id }`)).userErrors.map(({ code }) => code)

const clone = async (input: object, person = organizer) =>
  (await person.mutate<{ event: { id: string } }>('cloneEvent', input, 'event { id }')).event.id

describe('movedWith', () => {
  const move = (zone: string, from: string, to: string, at: string) =>
    movedWith(zone, new Date(from), new Date(to))(new Date(at)).toISOString()

  it.each([
    // Registration opened thirty days before at 9 o'clock in winter; now it does so in summer.
    ['2026-03-20T08:00Z', '2026-07-20T07:00Z', '2026-02-18T08:00Z', '2026-06-20T07:00:00.000Z'],
    // The days before the new start have the change of the clock in between.
    ['2026-02-20T08:00Z', '2026-04-03T07:00Z', '2026-02-15T08:00Z', '2026-03-29T07:00:00.000Z'],
    ['2026-02-20T08:00Z', '2026-04-03T07:00Z', '2026-02-14T08:00Z', '2026-03-28T08:00:00.000Z'],
    // Half past two does not exist on that day.
    ['2026-02-20T08:00Z', '2026-04-03T07:00Z', '2026-02-15T01:30Z', '2026-03-29T01:30:00.000Z'],
    // And twice on this one: the first is meant.
    ['2026-09-20T07:00Z', '2026-10-26T08:00Z', '2026-09-19T00:30Z', '2026-10-25T00:30:00.000Z'],
    // It starts at another hour: all goes with it.
    ['2026-02-20T08:00Z', '2026-02-21T10:00Z', '2026-02-20T16:00Z', '2026-02-21T18:00:00.000Z'],
  ])('from %s to %s takes %s to %s in Zurich', (from, to, at, moved) => {
    expect(move('Europe/Zurich', from, to, at)).toBe(moved)
  })

  it('takes the start where it was asked to, even at an hour that is there twice', () => {
    const to = '2026-10-25T01:30:00.000Z'
    expect(move('Europe/Zurich', '2026-09-20T07:00Z', to, '2026-09-20T07:00Z')).toBe(to)
  })
})

describe('a series', () => {
  it('has the events that were put into it, as far as the caller sees them', async () => {
    const id = await begun()
    await published(world, organizer, organization, { title: 'one', seriesId: id })
    const later = await drafted(world, organizer, organization, { title: 'two' })
    await organizer.mutate('updateEvent', { id: later.id, seriesId: id }, 'event { id }')
    const read = async (person: Person) =>
      (
        await person.run<{ eventSeries: { events: { nodes: { title: string }[] } } | null }>(
          'query ($id: ID!) { eventSeries(id: $id) { title events { nodes { title series { id } } totalCount } } }',
          { id },
        )
      ).data.eventSeries
    const one = { title: 'one', series: { id } }
    expect((await read(organizer))?.events.nodes.map(({ title }) => title).sort()).toEqual(['one', 'two'])
    expect(await read(world.anonymous)).toEqual({
      title: 'Hack Nights',
      events: { nodes: [one], totalCount: 1 },
    })
    const { data } = await world.anonymous.run<{ events: { nodes: object[] } }>(
      'query ($filter: EventFilter) { events(filter: $filter) { nodes { title } } }',
      { filter: { seriesId: id } },
    )
    expect(data.events.nodes).toEqual([{ title: 'one' }])
    await organizer.mutate('updateEvent', { id: later.id, seriesId: null }, 'event { id }')
    expect((await read(organizer))?.events.nodes).toEqual([one])
  })

  it('is unknown to those who see none of its events', async () => {
    const id = await begun('Secret plans')
    await drafted(world, organizer, organization, { seriesId: id })
    const stranger = world.organization().as('OWNER')
    for (const person of [stranger, world.anonymous])
      expect(await person.entity('events', 'EventSeries', id, 'title')).toBeNull()
    expect(await organizer.entity('events', 'EventSeries', id, 'title')).toEqual({ title: 'Secret plans' })
    expect(await codes(stranger, 'updateEventSeries', { id, title: 'Mine' }, 'series')).toEqual(['NOT_FOUND'])
    const list = 'eventSeries { nodes { title } }'
    const listed = (person: Person) =>
      person.entity<{ eventSeries: { nodes: object[] } }>('events', 'Organization', organization.id, list)
    expect((await listed(organizer))?.eventSeries.nodes).toContainEqual({ title: 'Secret plans' })
    expect((await listed(stranger))?.eventSeries.nodes).not.toContainEqual({ title: 'Secret plans' })
  })

  it('is renamed by one of two who have seen the same version', async () => {
    const id = await begun()
    const answers = await Promise.all(
      ['A', 'B'].map((title) =>
        codes(organizer, 'updateEventSeries', { id, title, expectedVersion: 1 }, 'series'),
      ),
    )
    expect(answers.flat()).toEqual(['VERSION_CONFLICT'])
    expect(await codes(organizer, 'updateEventSeries', { id, title: '' }, 'series')).toEqual(['TOO_SHORT'])
  })

  it('never has events of another organization', async () => {
    const other = world.organization()
    const seriesId = await begun('Theirs', other.as('ORGANIZER'), other)
    const { id } = await drafted(world, organizer, organization)
    expect(await codes(organizer, 'updateEvent', { id, seriesId }, 'event')).toEqual(['NOT_FOUND'])
    expect(
      await codes(organizer, 'createEvent', draftOf(world, organization, { seriesId }), 'event'),
    ).toEqual(['NOT_FOUND'])
    expect(
      await codes(organizer, 'cloneEvent', { id, startsAt: '2030-01-01T09:00:00Z', seriesId }, 'event'),
    ).toEqual(['NOT_FOUND'])
  })
})

describe('cloneEvent', () => {
  it('copies what was arranged, moved with the start, and nobody but its owner', async () => {
    const seriesId = await begun()
    const { id } = await published(world, organizer, organization, {
      title: 'Winter Hack',
      seriesId,
      startsAt: '2030-02-20T08:00:00Z',
      endsAt: '2030-02-21T16:00:00Z',
      registrationOpensAt: '2030-01-21T08:00:00Z',
      submissionDeadline: '2030-02-21T14:00:00Z',
      capacity: 40,
      minTeamSize: 2,
      location: { latitude: 47, longitude: 8 },
    })
    const { track } = await organizer.mutate<{ track: { id: string } }>(
      'addEventTrack',
      { eventId: id, name: 'Health' },
      'track { id }',
    )
    const prize = { eventId: id, name: 'First', trackId: track.id, amount: { amount: '10', currency: 'EUR' } }
    await organizer.mutate('addEventPrize', prize, 'prize { id }')
    await organizer.mutate(
      'addEventReminder',
      { eventId: id, anchor: 'STARTS_AT', offsetMinutes: -60, message: 'Come!' },
      'reminder { id }',
    )
    const judge = world.person()
    await organizer.mutate(
      'grantEventRoles',
      { eventId: id, userId: judge.userId, roles: ['JUDGE'] },
      'membership { id }',
    )
    const colleague = organization.as('ORGANIZER')
    const copy = await clone({ id, startsAt: '2030-07-20T07:00:00Z' }, colleague)
    const { data } = await colleague.run(
      `query ($id: ID!) { event(id: $id) {
        title status version startsAt endsAt registrationOpensAt registrationClosesAt submissionDeadline capacity minTeamSize
        location { latitude longitude } series { id } createdBy { id }
        tracks { name prizes { name amount { amount currency } } }
        reminders { anchor offsetMinutes message dueAt firedAt }
      } }`,
      { id: copy },
    )
    expect(data).toEqual({
      event: {
        title: 'Winter Hack',
        status: 'DRAFT',
        version: 1,
        startsAt: '2030-07-20T07:00:00.000Z',
        endsAt: '2030-07-21T15:00:00.000Z',
        registrationOpensAt: '2030-06-20T07:00:00.000Z',
        registrationClosesAt: null,
        submissionDeadline: '2030-07-21T13:00:00.000Z',
        capacity: 40,
        minTeamSize: 2,
        location: { latitude: 47, longitude: 8 },
        series: { id: seriesId },
        createdBy: { id: colleague.userId },
        tracks: [
          { name: 'Health', prizes: [{ name: 'First', amount: { amount: '10.00', currency: 'EUR' } }] },
        ],
        reminders: [
          {
            anchor: 'STARTS_AT',
            offsetMinutes: -60,
            message: 'Come!',
            dueAt: '2030-07-20T06:00:00.000Z',
            firedAt: null,
          },
        ],
      },
    })
    const people = await world.rows(eventMemberships, eq(eventMemberships.eventId, copy))
    expect(people.map(({ userId, roles }) => [userId, roles])).toEqual([[colleague.userId, ['OWNER']]])
    const told = (await world.published(eventCreated)).filter(({ eventId }) => eventId === copy)
    const [own] = await world.rows(eventTracks, eq(eventTracks.eventId, copy))
    expect(told.map(({ tracks }) => tracks)).toEqual([[{ id: own?.id, name: 'Health' }]])
    expect(own?.id).not.toBe(track.id)
    const slugs = await world.rows(events, eq(events.seriesId, seriesId))
    expect(new Set(slugs.map(({ slug }) => slug)).size).toBe(2)
  })

  it('has one effect for one key, however many send it at once', async () => {
    const { id } = await drafted(world, organizer, organization, { title: 'Once' })
    await organizer.mutate('addEventTrack', { eventId: id, name: 'Health' }, 'track { id }')
    const input = { id, title: 'Twice', startsAt: '2030-05-01T09:00:00Z', idempotencyKey: 'clone-1' }
    const made = await Promise.all(Array.from({ length: 8 }, () => clone(input)))
    expect(new Set(made).size).toBe(1)
    expect(await world.rows(events, eq(events.title, 'Twice'))).toHaveLength(1)
    expect(await world.rows(eventTracks, eq(eventTracks.eventId, made[0] ?? ''))).toHaveLength(1)
  })

  it.each([
    [{ title: ' ' }, 'TOO_SHORT'],
    [{ id: 'evt_01h455vb4pex5vsknk084sn02q' }, 'NOT_FOUND'],
  ])('with %j is refused with %s', async (changes, code) => {
    const { id } = await drafted(world, organizer, organization)
    const before = await world.rows(events)
    const input = { id, startsAt: '2030-05-01T09:00:00Z', ...changes }
    expect(await codes(organizer, 'cloneEvent', input, 'event')).toEqual([code])
    expect(await world.rows(events)).toEqual(before)
    expect(await world.rows(eventReminders, eq(eventReminders.eventId, id))).toEqual([])
  })

  it('is denied to those who write no events of the organization', async () => {
    const { id } = await published(world, organizer, organization)
    const rival = world.organization().as('OWNER')
    const before = await world.rows(events)
    const { errors } = await rival.run(
      'mutation ($input: CloneEventInput!) { cloneEvent(input: $input) { event { id } } }',
      { input: { id, startsAt: '2030-05-01T09:00:00Z' } },
    )
    expect(errors.map(({ code }) => code)).toEqual(['FORBIDDEN'])
    expect(await world.rows(events)).toEqual(before)
  })
})
