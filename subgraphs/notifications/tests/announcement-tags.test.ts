import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { announcementRecipients } from '../tables.ts'
import { must, problems } from './broadcast-support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants', 'organizations', 'projects', 'notifications'])
})
afterAll(() => world.close())

/** An event that people register for. */
async function place() {
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
  return { organizer, eventId: event.id }
}

const reached = async (organizer: Person, input: object) => {
  const { id } = await must(organizer, 'sendAnnouncement', input)
  const rows = await world.rows(announcementRecipients, eq(announcementRecipients.announcementId, id))
  return rows.map(({ userId }) => userId).sort()
}

it('reaches those whose registration has a tag', async () => {
  const { organizer, eventId } = await place()
  const register = async (tags: string[]) => {
    const person = world.person()
    const { registration } = await person.mutate<{ registration: { id: string } }>(
      'registerForEvent',
      { eventId },
      'registration { id }',
    )
    if (tags.length > 0)
      await organizer.mutate('tagRegistrations', { ids: [registration.id], add: tags }, 'succeeded { id }')
    return person.userId
  }
  const [vegan, both] = [await register(['vegan']), await register(['vegan', 'press'])]
  await register([])
  const segmentOf = (tag: string[]) => ({ include: [{ registrations: { status: ['CONFIRMED'], tag } }] })
  const draft = { eventId, subject: 'Lunch', body: 'At noon.' }
  const withTags = (tag: string[]) => reached(organizer, { ...draft, segment: segmentOf(tag) })
  expect(await withTags(['vegan'])).toEqual([vegan, both].sort())
  expect(await withTags(['press', 'none'])).toEqual([both])
  for (const tag of [[], ['none']]) {
    const said = await problems(organizer, 'sendAnnouncement', { ...draft, segment: segmentOf(tag) })
    expect(said).toEqual(['AUDIENCE_EMPTY input.segment'])
  }
})

it('reaches those who come as something', async () => {
  const { organizer, eventId } = await place()
  const formFor = async (category: string) => {
    const { registrationForm } = await organizer.mutate<{ registrationForm: { id: string } }>(
      'createRegistrationForm',
      { eventId, title: 'To help', category },
      'registrationForm { id }',
    )
    return registrationForm.id
  }
  const register = async (formId: string | null) => {
    const person = world.person()
    const { userErrors } = await person.mutate('registerForEvent', { eventId, formId }, 'registration { id }')
    expect(userErrors).toEqual([])
    return person.userId
  }
  const participant = await register(null)
  const mentor = await register(await formFor('MENTOR'))
  const judge = await register(await formFor('JUDGE'))
  const draft = { eventId, subject: 'Briefing', body: 'At noon.' }
  const groupOf = (category: string[] | null) => ({ registrations: { status: ['CONFIRMED'], category } })
  const among = (category: string[] | null) =>
    reached(organizer, { ...draft, segment: { include: [groupOf(category)] } })
  expect(await among(null)).toEqual([participant, mentor, judge].sort())
  expect(await among(['MENTOR'])).toEqual([mentor])
  expect(await among(['MENTOR', 'JUDGE'])).toEqual([mentor, judge].sort())
  const others = { include: [groupOf(null)], exclude: [groupOf(['PARTICIPANT'])] }
  expect(await reached(organizer, { ...draft, segment: others })).toEqual([mentor, judge].sort())
  for (const category of [[], ['SPONSOR']]) {
    const segment = { include: [groupOf(category)] }
    expect(await problems(organizer, 'sendAnnouncement', { ...draft, segment })).toEqual([
      'AUDIENCE_EMPTY input.segment',
    ])
  }
  const { announcement } = await organizer.mutate<{ announcement: object }>(
    'draftAnnouncement',
    { ...draft, segment: { include: [groupOf(['JUDGE'])] } },
    'announcement { segment { include { registrationCategory } } }',
  )
  expect(announcement).toEqual({ segment: { include: [{ registrationCategory: ['JUDGE'] }] } })
})
