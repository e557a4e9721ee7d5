import type { Person, TestOrganization, World } from '@guildhall/kit/testing/world'
import { createWorld } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventUpdated } from '../contract.ts'
import { eventPrizes, events, eventTracks } from '../tables.ts'
import { drafted, published, selection } from './support.ts'

let world: World
let organization: TestOrganization
let organizer: Person
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
  organization = world.organization()
  organizer = organization.as('ORGANIZER')
})
afterAll(() => world.close())

const addTrack = async (eventId: string, name: string, more: object = {}): Promise<string> => {
  const { track } = await organizer.mutate<{ track: { id: string } }>(
    'addEventTrack',
    { eventId, name, ...more },
    'track { id }',
  )
  return track.id
}

const addPrize = async (eventId: string, name: string, more: object = {}): Promise<string> => {
  const { prize } = await organizer.mutate<{ prize: { id: string } }>(
    'addEventPrize',
    { eventId, name, ...more },
    'prize { id }',
  )
  return prize.id
}

const codes = async (person: Person, mutation: string, input: object, field: string) =>
  (await person.mutate(mutation, input, `${field} { id }`)).userErrors.map(({ code }) => code)

const shown = async (person: Person, id: string) =>
  (
    await person.run<{ event: { tracks: { name: string }[]; version: number } }>(
      'query ($id: ID!) { event(id: $id) { version tracks { name position } prizes { name position track { name } amount { amount currency } } } }',
      { id },
    )
  ).data.event

const told = async (id: string) =>
  (await world.published(eventUpdated)).filter(({ eventId }) => eventId === id)

describe('tracks', () => {
  it('stand in their order, and each change is a version of the event that the others are told', async () => {
    const { id } = await published(world, organizer, organization)
    const health = await addTrack(id, 'Health', { description: ' For people. ' })
    const city = await addTrack(id, 'City')
    await addTrack(id, 'Energy')
    const { track } = await organizer.mutate<{ track: object }>(
      'updateEventTrack',
      { id: city, name: 'Cities', position: 0 },
      'track { name position event { version } }',
    )
    expect(track).toEqual({ name: 'Cities', position: 0, event: { version: 6 } })
    const { event } = await organizer.mutate<{ event: object }>(
      'removeEventTrack',
      { id: health },
      'event { version tracks { name position } }',
    )
    const left = [
      { name: 'Cities', position: 0 },
      { name: 'Energy', position: 1 },
    ]
    expect(event).toEqual({ version: 7, tracks: left })
    expect((await shown(world.anonymous, id)).tracks).toEqual(left)
    expect((await told(id)).map(({ version, tracks }) => [version, tracks.map(({ name }) => name)])).toEqual([
      [3, ['Health']],
      [4, ['Health', 'City']],
      [5, ['Health', 'City', 'Energy']],
      [6, ['Cities', 'Health', 'Energy']],
      [7, ['Cities', 'Energy']],
    ])
  })

  it('bear names that differ, in any case', async () => {
    const { id } = await drafted(world, organizer, organization)
    await addTrack(id, 'Health')
    const other = await addTrack(id, 'City')
    expect(await codes(organizer, 'addEventTrack', { eventId: id, name: 'HEALTH' }, 'track')).toEqual([
      'TRACK_NAME_TAKEN',
    ])
    expect(await codes(organizer, 'updateEventTrack', { id: other, name: 'health' }, 'track')).toEqual([
      'TRACK_NAME_TAKEN',
    ])
    expect(await codes(organizer, 'addEventTrack', { eventId: id, name: ' ' }, 'track')).toEqual([
      'TOO_SHORT',
    ])
    expect((await shown(organizer, id)).version).toBe(3)
    expect(await told(id)).toHaveLength(2)
  })

  it('are twenty at most, however many are added at once', async () => {
    const { id } = await drafted(world, organizer, organization)
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, n) =>
        codes(organizer, 'addEventTrack', { eventId: id, name: `Track ${n}` }, 'track'),
      ),
    )
    expect(answers.flat()).toEqual(Array(4).fill('TOO_MANY_TRACKS'))
    const rows = await world.rows(eventTracks, eq(eventTracks.eventId, id))
    expect(rows.map(({ position }) => position).sort((a, b) => a - b)).toEqual([...Array(20).keys()])
    const [event] = await world.rows(events, eq(events.id, id))
    expect(event?.version).toBe(21)
  })

  it('stay once the event has begun, and while prizes are of them', async () => {
    const { id } = await published(world, organizer, organization)
    const track = await addTrack(id, 'Health')
    const prize = await addPrize(id, 'First', { trackId: track })
    expect(await codes(organizer, 'removeEventTrack', { id: track }, 'event')).toEqual(['TRACK_HAS_PRIZES'])
    await organizer.mutate('transitionEvent', { id, to: 'IN_PROGRESS' }, selection)
    expect(await codes(organizer, 'removeEventTrack', { id: track }, 'event')).toEqual(['EVENT_UNDER_WAY'])
    expect(await codes(organizer, 'removeEventPrize', { id: prize }, 'event')).toEqual(['EVENT_UNDER_WAY'])
    await organizer.mutate('transitionEvent', { id, to: 'CANCELLED', reason: 'Rain.' }, selection)
    expect(await codes(organizer, 'updateEventTrack', { id: track, name: 'New' }, 'track')).toEqual([
      'EVENT_NOT_EDITABLE',
    ])
    expect(await world.rows(eventTracks, eq(eventTracks.eventId, id))).toHaveLength(1)
  })

  it('are seen with their event alone', async () => {
    const { id } = await drafted(world, organizer, organization)
    const track = await addTrack(id, 'Secret')
    const prize = await addPrize(id, 'Secret')
    const read = (person: Person, type: string, thing: string) =>
      person.entity('events', type, thing, 'name event { title }')
    expect(await read(organizer, 'EventTrack', track)).toEqual({
      name: 'Secret',
      event: { title: 'Spring Hack' },
    })
    expect(await read(world.anonymous, 'EventTrack', track)).toBeNull()
    expect(await read(world.anonymous, 'EventPrize', prize)).toBeNull()
    const rival = world.organization().as('OWNER')
    expect(await codes(rival, 'updateEventTrack', { id: track, name: 'Mine' }, 'track')).toEqual([
      'NOT_FOUND',
    ])
    expect(await codes(rival, 'removeEventPrize', { id: prize }, 'event')).toEqual(['NOT_FOUND'])
    expect(await codes(rival, 'addEventPrize', { eventId: id, name: 'Mine' }, 'prize')).toEqual(['NOT_FOUND'])
  })

  it('are not changed by those who only see them', async () => {
    const { id } = await published(world, organizer, organization)
    const track = await addTrack(id, 'Health')
    const before = await told(id)
    const rival = world.organization().as('OWNER')
    const { errors } = await rival.run(
      'mutation ($input: UpdateEventTrackInput!) { updateEventTrack(input: $input) { track { id } } }',
      { input: { id: track, name: 'Mine' } },
    )
    expect(errors.map(({ code }) => code)).toEqual(['FORBIDDEN'])
    expect((await shown(organizer, id)).tracks).toEqual([{ name: 'Health', position: 0 }])
    expect(await told(id)).toEqual(before)
  })
})

describe('prizes', () => {
  it('are of a track or of all, worth something or not, and change', async () => {
    const { id } = await drafted(world, organizer, organization)
    const track = await addTrack(id, 'Health')
    const first = await addPrize(id, 'First', { amount: { amount: '1500.5', currency: 'CHF' } })
    await addPrize(id, 'Laptop', { trackId: track })
    const { prize } = await organizer.mutate<{ prize: object }>(
      'updateEventPrize',
      { id: first, name: 'Grand prize', trackId: track, position: 9 },
      'prize { name position track { name } amount { amount currency } }',
    )
    expect(prize).toEqual({
      name: 'Grand prize',
      position: 1,
      track: { name: 'Health' },
      amount: { amount: '1500.50', currency: 'CHF' },
    })
    await organizer.mutate('updateEventPrize', { id: first, amount: null, trackId: null }, 'prize { id }')
    const { prizes } = (await shown(organizer, id)) as unknown as { prizes: object[] }
    expect(prizes).toEqual([
      { name: 'Laptop', position: 0, track: { name: 'Health' }, amount: null },
      { name: 'Grand prize', position: 1, track: null, amount: null },
    ])
    expect(await organizer.entity('events', 'EventTrack', track, 'prizes { name event { title } }')).toEqual({
      prizes: [{ name: 'Laptop', event: { title: 'Spring Hack' } }],
    })
  })

  it.each([
    [{ amount: { amount: '1.005', currency: 'EUR' } }, 'INVALID_AMOUNT'],
    [{ amount: { amount: '-1', currency: 'EUR' } }, 'INVALID_AMOUNT'],
    [{ amount: { amount: '1', currency: 'XYZ' } }, 'INVALID_AMOUNT'],
    [{ name: '' }, 'TOO_SHORT'],
    [{ description: 'x'.repeat(2001) }, 'TOO_LONG'],
  ])('with %j are refused with %s', async (changes, code) => {
    const { id } = await drafted(world, organizer, organization)
    const input = { eventId: id, name: 'First', ...changes }
    expect(await codes(organizer, 'addEventPrize', input, 'prize')).toEqual([code])
    expect(await world.rows(eventPrizes, eq(eventPrizes.eventId, id))).toEqual([])
  })

  it('are never of a track of another event', async () => {
    const one = await drafted(world, organizer, organization)
    const other = await drafted(world, organizer, organization)
    const trackId = await addTrack(other.id, 'Health')
    const prize = await addPrize(one.id, 'First')
    expect(await codes(organizer, 'addEventPrize', { eventId: one.id, name: 'x', trackId }, 'prize')).toEqual(
      ['NOT_FOUND'],
    )
    expect(await codes(organizer, 'updateEventPrize', { id: prize, trackId }, 'prize')).toEqual(['NOT_FOUND'])
  })

  it('go, and those behind them move up', async () => {
    const { id } = await drafted(world, organizer, organization)
    const first = await addPrize(id, 'First')
    await addPrize(id, 'Second')
    expect(await codes(organizer, 'removeEventPrize', { id: first }, 'event')).toEqual([])
    expect(await codes(organizer, 'removeEventPrize', { id: first }, 'event')).toEqual(['NOT_FOUND'])
    const rows = await world.rows(eventPrizes, eq(eventPrizes.eventId, id))
    expect(rows.map(({ name, position }) => [name, position])).toEqual([['Second', 0]])
  })
})
