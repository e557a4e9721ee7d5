import { createWorld, type Person, type TestOrganization, type World } from '@guildhall/kit/testing/world'
import ICAL from 'ical.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

const fileOf = async (id: string, person: Person = organizer) =>
  (
    await person.run<{ event: { icalendar: string } }>('query ($id: ID!) { event(id: $id) { icalendar } }', {
      id,
    })
  ).data.event.icalendar

const entriesOf = (file: string) =>
  new ICAL.Component(ICAL.parse(file)).getAllSubcomponents('vevent').map((entry) => {
    const event = new ICAL.Event(entry)
    const text = (name: string) => entry.getFirstPropertyValue(name)
    return {
      uid: event.uid,
      sequence: event.sequence,
      summary: event.summary,
      description: event.description,
      location: event.location,
      start: event.startDate.toString(),
      end: event.endDate.toString(),
      status: text('status'),
      url: text('url'),
      geo: text('geo'),
    }
  })

describe('an iCalendar file', () => {
  it('says what the event is, however it is written', async () => {
    const title = `Commas, semicolons; back\\slashes "quotes" and ${'ünïcödé 🚀 '.repeat(12)}end`
    const summary = 'First line\nSecond; line, with\\nothing\r\n\r\nBEGIN:VEVENT\nEND:VCALENDAR'
    const { id } = await published(world, organizer, organization, {
      title,
      summary,
      startsAt: '2030-03-30T22:30:00Z',
      endsAt: '2030-03-31T05:00:00Z',
      venue: 'Old Mill, Mill Lane 1; rear',
      location: { latitude: 47.3769, longitude: 8.5417 },
      onlineUrl: 'https://example.org/meet?a=1&b=2,3;4',
    })
    const file = await fileOf(id)
    expect(entriesOf(file)).toEqual([
      {
        uid: id,
        sequence: 2,
        summary: title,
        description: summary.replaceAll('\r\n', '\n'),
        location: 'Old Mill, Mill Lane 1; rear',
        start: '2030-03-30T22:30:00Z',
        end: '2030-03-31T05:00:00Z',
        status: 'CONFIRMED',
        url: 'https://example.org/meet?a=1&b=2%2C3%3B4',
        geo: [47.3769, 8.5417],
      },
    ])
    const lines = file.split('\r\n')
    expect(lines.filter((line) => Buffer.byteLength(line) > 75)).toEqual([])
    expect(lines.some((line) => line.includes('\n') || line.includes('\r'))).toBe(false)
  })

  it('tells that the event is not sure, was changed, was called off', async () => {
    const { id } = await drafted(world, organizer, organization)
    const stand = async () =>
      entriesOf(await fileOf(id)).map(({ uid, sequence, status }) => [uid, sequence, status])
    expect(await stand()).toEqual([[id, 1, 'TENTATIVE']])
    await organizer.mutate('transitionEvent', { id, to: 'PUBLISHED' }, selection)
    await organizer.mutate('updateEvent', { id, title: 'Moved' }, selection)
    expect(await stand()).toEqual([[id, 3, 'CONFIRMED']])
    await organizer.mutate('transitionEvent', { id, to: 'CANCELLED', reason: 'Rain.' }, selection)
    expect(await stand()).toEqual([[id, 4, 'CANCELLED']])
  })

  it('of a series has the events that the caller sees', async () => {
    const { series } = await organizer.mutate<{ series: { id: string } }>(
      'createEventSeries',
      { organizationId: organization.id, title: 'Hack Nights' },
      'series { id }',
    )
    const one = await published(world, organizer, organization, { seriesId: series.id })
    const two = await drafted(world, organizer, organization, { seriesId: series.id })
    const seen = async (person: Person) => {
      const read = await person.entity<{ icalendar: string }>('events', 'EventSeries', series.id, 'icalendar')
      return entriesOf(read?.icalendar ?? '')
        .map(({ uid }) => uid)
        .sort()
    }
    expect(await seen(organizer)).toEqual([one.id, two.id])
    expect(await seen(world.anonymous)).toEqual([one.id])
  })
})
