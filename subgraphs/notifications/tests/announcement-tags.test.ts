import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { announcementRecipients } from '../tables.ts'
import { must, problems } from './broadcast-support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants', 'organizations', 'projects', 'notifications'])
})
afterAll(() => world.close())

it('reaches those whose registration has a tag', async () => {
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
  const register = async (tags: string[]) => {
    const person = world.person()
    const { registration } = await person.mutate<{ registration: { id: string } }>(
      'registerForEvent',
      { eventId: event.id },
      'registration { id }',
    )
    if (tags.length > 0)
      await organizer.mutate('tagRegistrations', { ids: [registration.id], add: tags }, 'succeeded { id }')
    return person.userId
  }
  const [vegan, both] = [await register(['vegan']), await register(['vegan', 'press'])]
  await register([])
  const segmentOf = (tag: string[]) => ({ include: [{ registrations: { status: ['CONFIRMED'], tag } }] })
  const draft = { eventId: event.id, subject: 'Lunch', body: 'At noon.' }
  const reached = async (tag: string[]) => {
    const { id } = await must(organizer, 'sendAnnouncement', { ...draft, segment: segmentOf(tag) })
    const rows = await world.rows(announcementRecipients, eq(announcementRecipients.announcementId, id))
    return rows.map(({ userId }) => userId).sort()
  }
  expect(await reached(['vegan'])).toEqual([vegan, both].sort())
  expect(await reached(['press', 'none'])).toEqual([both])
  for (const tag of [[], ['none']]) {
    const said = await problems(organizer, 'sendAnnouncement', { ...draft, segment: segmentOf(tag) })
    expect(said).toEqual(['AUDIENCE_EMPTY input.segment'])
  }
})
