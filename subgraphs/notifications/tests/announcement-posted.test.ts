import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { watchPosted } from '../announcements/posted-stream.ts'
import { must } from './broadcast-support.ts'
import { contextOf } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants', 'organizations', 'projects', 'notifications'])
})
afterAll(() => world.close())

const document = `subscription ($eventId: ID!) { announcementPosted(eventId: $eventId) { subject } }`

async function eventFor(count: number) {
  const organization = world.organization()
  const organizer = organization.as('ORGANIZER')
  const start = world.clock.now().getTime() + 86_400_000
  const { event } = await organizer.mutate<{ event: { id: string } }>(
    'createEvent',
    {
      organizationId: organization.id,
      title: 'Spring Hack',
      kind: 'HACKATHON',
      timezone: 'Europe/Zurich',
      startsAt: new Date(start).toISOString(),
      endsAt: new Date(start + 86_400_000).toISOString(),
    },
    'event { id }',
  )
  await organizer.mutate('transitionEvent', { id: event.id, to: 'PUBLISHED' }, 'event { id }')
  await world.settle()
  const guests = Array.from({ length: count }, () => world.person())
  for (const guest of guests)
    await guest.mutate('registerForEvent', { eventId: event.id }, 'registration { id }')
  await world.settle()
  return { organizer, eventId: event.id, guests }
}

it('tells those whom an announcement is for, each announcement once, and nobody else', async () => {
  const { organizer, eventId, guests } = await eventFor(2)
  const other = await eventFor(1)
  const [anna, ben] = guests as [Person, Person]
  const post = async (subject: string, at = { organizer, eventId }) => {
    const segment = { status: ['CONFIRMED'] }
    await must(at.organizer, 'sendAnnouncement', { eventId: at.eventId, segment, subject, body: 'Text.' })
    await world.settle()
  }
  await post('Before')
  // Open when they are given back: what is posted from here on is theirs.
  const feed = await watchPosted(await contextOf(world, anna), eventId)
  const stranger = await watchPosted(await contextOf(world, ben), eventId)
  await ben.mutate('withdrawRegistration', { id: await registrationOf(ben) }, 'registration { id }')
  await world.settle()
  await post('Elsewhere', other)
  await post('Doors open at nine')
  await post('Pizza')
  expect((await feed.next()).value).toMatchObject({ subject: 'Doors open at nine', eventId })
  expect((await feed.next()).value).toMatchObject({ subject: 'Pizza' })
  const nothing = stranger.next()
  await stranger.return?.()
  expect(await nothing).toEqual({ done: true, value: undefined })
  await feed.return?.()
})

it('is refused to who is not logged in, and for what is no event', async () => {
  const said = async (person: Person, eventId: string) => {
    const { value } = await person.subscribe(document, { eventId }).next()
    return value.errors?.[0]?.extensions?.code
  }
  expect(await said(world.anonymous, newId('evt'))).toBe('UNAUTHENTICATED')
  expect(await said(world.person(), 'evt_x')).toBe('BAD_USER_INPUT')
})

async function registrationOf(person: Person): Promise<string | undefined> {
  const found = await person.entity<{ registrations: { nodes: { id: string }[] } }>(
    'participants',
    'User',
    person.userId,
    'registrations { nodes { id } }',
  )
  return found?.registrations.nodes[0]?.id
}
