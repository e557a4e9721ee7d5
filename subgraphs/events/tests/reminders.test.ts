import { createWorld, type Person, type TestOrganization, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { notifications } from '../../notifications/tables.ts'
import { eventReminderDue } from '../contract.ts'
import { eventReminders } from '../tables.ts'
import { drafted, published, selection } from './support.ts'

const hourMs = 3_600_000
const startsIn = 30 * 24

let world: World
let organization: TestOrganization
let organizer: Person
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())
beforeEach(() => {
  organization = world.organization()
  organizer = organization.as('ORGANIZER')
})

const inHours = (hours: number) => new Date(world.clock.now().getTime() + hours * hourMs).toISOString()

const add = async (eventId: string, more: object = {}): Promise<string> => {
  const { reminder, userErrors } = await organizer.mutate<{ reminder: { id: string } | null }>(
    'addEventReminder',
    { eventId, anchor: 'STARTS_AT', offsetMinutes: -60, audience: 'STAFF', ...more },
    'reminder { id }',
  )
  if (!reminder) throw new Error(JSON.stringify(userErrors))
  return reminder.id
}

const codes = async (person: Person, mutation: string, input: object, field: string) =>
  (await person.mutate(mutation, input, `${field} { id }`)).userErrors.map(({ code }) => code)

/** What every replica does by the clock. */
const run = async () => {
  const subgraph = world.host.subgraphs.events
  const schedule = subgraph?.definition.schedules.find(({ name }) => name === 'events.reminders')
  if (!subgraph || !schedule) throw new Error('reminders are not scheduled')
  await schedule.run(subgraph.scheduleContext())
}

const sent = async (reminderId: string) =>
  (await world.published(eventReminderDue)).filter((due) => due.reminderId === reminderId)

const move = (id: string, startsInHours: number) =>
  organizer.mutate(
    'updateEvent',
    { id, startsAt: inHours(startsInHours), endsAt: inHours(startsInHours + 24) },
    selection,
  )

describe('a reminder', () => {
  it('is due as the event stands, wherever it moves', async () => {
    const { id } = await published(world, organizer, organization, { registrationClosesAt: inHours(100) })
    await add(id)
    await add(id, { anchor: 'ENDS_AT', offsetMinutes: 30 })
    await add(id, { anchor: 'SUBMISSION_DEADLINE', offsetMinutes: 0 })
    await add(id, { anchor: 'REGISTRATION_CLOSES_AT', offsetMinutes: -120 })
    const due = async () =>
      (
        await organizer.run<{ event: { reminders: { dueAt: string }[] } }>(
          'query ($id: ID!) { event(id: $id) { reminders { dueAt event { id } } } }',
          { id },
        )
      ).data.event.reminders.map(({ dueAt }) => dueAt)
    expect(await due()).toEqual([
      inHours(startsIn - 1),
      inHours(startsIn + 48.5),
      inHours(startsIn + 48),
      inHours(98),
    ])
    await move(id, 200)
    expect(await due()).toEqual([inHours(199), inHours(224.5), inHours(224), inHours(98)])
  })

  it('is changed while it waits, and taken off', async () => {
    const { id } = await published(world, organizer, organization)
    const reminder = await add(id, { message: ' Bring a laptop. ' })
    const { reminder: changed } = await organizer.mutate<{ reminder: object }>(
      'updateEventReminder',
      { id: reminder, offsetMinutes: -120, audience: 'TEAMS', message: null },
      'reminder { anchor offsetMinutes audience message firedAt }',
    )
    expect(changed).toEqual({
      anchor: 'STARTS_AT',
      offsetMinutes: -120,
      audience: 'TEAMS',
      message: null,
      firedAt: null,
    })
    expect(await codes(organizer, 'removeEventReminder', { id: reminder }, 'event')).toEqual([])
    expect(await codes(organizer, 'removeEventReminder', { id: reminder }, 'event')).toEqual(['NOT_FOUND'])
  })

  it.each([
    [{ offsetMinutes: -31 * 24 * 60 }, 'REMINDER_IN_PAST'],
    [{ offsetMinutes: 366 * 24 * 60 + 1 }, 'INVALID_VALUE'],
    [{ message: 'x'.repeat(501) }, 'TOO_LONG'],
  ])('with %j is refused with %s', async (changes, code) => {
    const { id } = await published(world, organizer, organization)
    const input = { eventId: id, anchor: 'STARTS_AT', offsetMinutes: -60, ...changes }
    expect(await codes(organizer, 'addEventReminder', input, 'reminder')).toEqual([code])
    const waiting = await add(id)
    expect(await codes(organizer, 'updateEventReminder', { id: waiting, ...changes }, 'reminder')).toEqual([
      code,
    ])
    expect(await world.rows(eventReminders, eq(eventReminders.eventId, id))).toMatchObject([
      { id: waiting, offsetMinutes: -60, message: null },
    ])
  })

  it('is one of twenty at most, however many are added at once', async () => {
    const { id } = await drafted(world, organizer, organization)
    const input = { eventId: id, anchor: 'STARTS_AT', offsetMinutes: -60 }
    const answers = await Promise.all(
      Array.from({ length: 23 }, () => codes(organizer, 'addEventReminder', input, 'reminder')),
    )
    expect(answers.flat()).toEqual(Array(3).fill('TOO_MANY_REMINDERS'))
    expect(await world.rows(eventReminders, eq(eventReminders.eventId, id))).toHaveLength(20)
  })

  it('is seen and changed by those alone who may change the event', async () => {
    const { id } = await published(world, organizer, organization)
    const reminder = await add(id)
    const rival = world.organization().as('OWNER')
    const { data } = await rival.run('query ($id: ID!) { event(id: $id) { reminders { id } } }', { id })
    expect(data).toEqual({ event: { reminders: [] } })
    expect(await rival.entity('events', 'EventReminder', reminder, 'id')).toBeNull()
    expect(await codes(rival, 'removeEventReminder', { id: reminder }, 'event')).toEqual(['NOT_FOUND'])
    const { errors } = await rival.run(
      'mutation ($input: AddEventReminderInput!) { addEventReminder(input: $input) { reminder { id } } }',
      { input: { eventId: id, anchor: 'STARTS_AT', offsetMinutes: -60 } },
    )
    expect(errors.map(({ code }) => code)).toEqual(['FORBIDDEN'])
    const owner = world.person()
    const grant = { eventId: id, userId: owner.userId, roles: ['ORGANIZER'] }
    await organizer.mutate('grantEventRoles', grant, 'membership { id }')
    expect(
      await codes(owner, 'updateEventReminder', { id: reminder, offsetMinutes: -90 }, 'reminder'),
    ).toEqual([])
    expect(await world.rows(eventReminders, eq(eventReminders.eventId, id))).toMatchObject([
      { offsetMinutes: -90 },
    ])
  })
})

describe('when its time has come, a reminder', () => {
  it('is sent once, although four replicas are at it', async () => {
    const { id } = await published(world, organizer, organization)
    const reminders = await Promise.all([add(id), add(id), add(id, { offsetMinutes: -30 })])
    world.clock.advance((startsIn - 1) * hourMs)
    await Promise.all(Array.from({ length: 4 }, run))
    await run()
    const counts = await Promise.all(reminders.map(async (one) => (await sent(one)).length))
    expect(counts).toEqual([1, 1, 0])
    expect(
      await codes(organizer, 'updateEventReminder', { id: reminders[0], offsetMinutes: -5 }, 'reminder'),
    ).toEqual(['REMINDER_SENT'])
  })

  it('is sent for where the event is, while it moves', async () => {
    const made = await Promise.all(Array.from({ length: 6 }, () => published(world, organizer, organization)))
    const ids = made.map(({ id }) => id)
    const reminders = await Promise.all(ids.map((id) => add(id)))
    world.clock.advance((startsIn - 1) * hourMs)
    await Promise.all([run(), ...ids.map((id) => move(id, 48)), run()])
    // Whether it was sent before the move or not: it waits for the new time now.
    const rows = await Promise.all(
      ids.map((id) => world.rows(eventReminders, eq(eventReminders.eventId, id))),
    )
    expect(rows.flat().map(({ firedAt }) => firedAt)).toEqual(Array(6).fill(null))
    const before = await Promise.all(reminders.map(async (one) => (await sent(one)).length))
    world.clock.advance(47 * hourMs)
    await Promise.all([run(), run()])
    const after = await Promise.all(reminders.map(async (one) => (await sent(one)).length))
    expect(after).toEqual(before.map((count) => count + 1))
  })

  it('is not sent again when the event moves, but not ahead', async () => {
    const { id } = await published(world, organizer, organization)
    const reminder = await add(id)
    world.clock.advance((startsIn - 0.5) * hourMs)
    await run()
    await move(id, 0.75)
    await run()
    expect(await sent(reminder)).toHaveLength(1)
    await move(id, 10)
    world.clock.advance(9 * hourMs)
    await run()
    expect((await sent(reminder)).map(({ anchorAt }) => anchorAt)).toEqual([expect.any(String), inHours(1)])
  })

  it('is kept back while the event is a draft, was called off, or a day too late', async () => {
    const draft = await drafted(world, organizer, organization)
    const off = await published(world, organizer, organization)
    const late = await drafted(world, organizer, organization)
    const reminders = await Promise.all([add(draft.id), add(off.id), add(late.id)])
    await organizer.mutate('transitionEvent', { id: off.id, to: 'CANCELLED', reason: 'Rain.' }, selection)
    world.clock.advance((startsIn - 1) * hourMs)
    await run()
    world.clock.advance(24 * hourMs)
    await organizer.mutate('transitionEvent', { id: late.id, to: 'PUBLISHED' }, selection)
    await run()
    expect((await Promise.all(reminders.map(sent))).flat()).toEqual([])
  })
})

describe('reminded', () => {
  const register = async (person: Person, eventId: string) => {
    await person.mutate('registerForEvent', { eventId }, 'registration { id }')
  }
  const inboxOf = async (person: Person) => {
    await world.settle()
    const rows = await world.rows(notifications, eq(notifications.recipientId, person.userId))
    return rows.filter(({ type }) => type === 'event.reminder').map(({ title, body }) => [title, body])
  }

  it('are those who are confirmed, in their own words', async () => {
    const { id } = await published(world, organizer, organization, { capacity: 2, timezone: 'UTC' })
    await world.settle()
    const guests = [world.person(), world.person(), world.person()]
    for (const guest of guests) await register(guest, id)
    await add(id, { audience: 'PARTICIPANTS', message: 'Bring a laptop.' })
    await world.settle()
    world.clock.advance((startsIn - 1) * hourMs)
    await run()
    const said = (await Promise.all(guests.map(inboxOf))).map((mine) => mine.map(([title]) => title))
    expect(said).toEqual([['Reminder: Spring Hack'], ['Reminder: Spring Hack'], []])
    expect((await inboxOf(guests[0] ?? world.anonymous))[0]?.[1]).toMatch(/^Start: .+\nBring a laptop\.$/)
    expect(await inboxOf(organizer)).toEqual([])
  })

  it('are those who have a role, but no sponsors', async () => {
    const { id } = await published(world, organizer, organization)
    const [judge, sponsor] = [world.person(), world.person()]
    const grant = (person: Person, role: string) =>
      organizer.mutate(
        'grantEventRoles',
        { eventId: id, userId: person.userId, roles: [role] },
        'membership { id }',
      )
    await grant(judge, 'JUDGE')
    await grant(sponsor, 'SPONSOR')
    await add(id)
    world.clock.advance((startsIn - 1) * hourMs)
    await run()
    const said = await Promise.all([organizer, judge, sponsor].map(inboxOf))
    expect(said.map((mine) => mine.length)).toEqual([1, 1, 0])
  })

  it('are the teams of projects', async () => {
    const { id } = await published(world, organizer, organization)
    await world.settle()
    const [maker, guest] = [world.person(), world.person()]
    await register(maker, id)
    await register(guest, id)
    await world.settle()
    await maker.mutate('createProject', { eventId: id, title: 'Solar Kettle' }, 'project { id }')
    const reminder = await add(id, { anchor: 'SUBMISSION_DEADLINE', audience: 'TEAMS' })
    world.clock.advance((startsIn + 47) * hourMs)
    await run()
    expect((await sent(reminder)).map(({ userIds }) => userIds)).toEqual([[maker.userId]])
    expect((await Promise.all([maker, guest].map(inboxOf))).map((mine) => mine.length)).toEqual([1, 0])
  })
})
