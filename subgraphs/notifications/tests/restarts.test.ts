import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { newId } from '@guildhall/kit/ids'
import { createWorld, type World, worldSecret } from '@guildhall/kit/testing/world'
import { type RunningSmtpServer, startSmtpServer } from '@guildhall/kit/tests/support/smtp-server'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { published } from '../../events/tests/support.ts'
import { registrations } from '../../participants/tables.ts'
import { digests } from '../tables.ts'
import { type Addressed, addressed, deliveriesOf } from './delivery-support.ts'
import { inboxOf, noticeFor, tell } from './support.ts'

const minute = 60_000
const hour = 60 * minute

let world: World
let server: RunningSmtpServer
const started: ChildProcess[] = []
beforeAll(async () => {
  // What goes by the clock is done by the processes alone.
  world = await createWorld(undefined, false)
  server = await startSmtpServer()
})
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL')
  await server?.close()
  await world?.close()
})

/** @param aheadMs how far its clock is ahead. */
function startProcess(aheadMs: number): ChildProcess {
  const script = path.join(import.meta.dirname, 'sender-process.ts')
  const args = [script, world.databaseUrl, server.url, worldSecret, String(aheadMs)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  started.push(child)
  return child
}

const patience = { timeout: 100_000, interval: 50 }
const later = (ms: number) => new Date(world.clock.now().getTime() + ms).toISOString()

const mailStatusOf = async (one: Addressed) =>
  (await deliveriesOf(world, one))
    .filter(({ channel }) => channel === 'EMAIL')
    .map(({ status }) => status)
    .sort()
const subjectsTo = ({ email }: Addressed) =>
  server.received.filter(({ to }) => to.includes(email)).map(({ headers }) => headers.subject)
const digestsOf = async ({ userId }: Addressed) =>
  (await world.rows(digests, eq(digests.recipientId, userId))).map(({ status }) => status)

/** Two changes of events, gathered. */
async function gathering(): Promise<Addressed> {
  const one = await addressed(world)
  for (const [channel, isEnabled] of [
    ['EMAIL', true],
    ['PUSH', false],
  ]) {
    const choice = { category: 'EVENTS', channel, isEnabled }
    await one.mutate('setNotificationPreference', choice, 'preference { isEnabled }')
  }
  for (const title of ['Spring Hack has changed', 'Summer Camp has changed']) {
    await tell(world, [noticeFor(one.userId, { type: 'event.updated', title, subjectId: newId('evt') })])
  }
  return one
}

/** Somebody who has rest until an hour from now. */
async function resting(): Promise<Addressed> {
  const one = await addressed(world)
  const weekday = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' })
  const startsAt = later(-hour)
  const window = { startsAt: startsAt.slice(11, 16), endsAt: later(hour).slice(11, 16) }
  const windows = [{ weekday: weekday.format(new Date(startsAt)).toUpperCase(), ...window }]
  await one.mutate('setQuietHours', { timezone: 'UTC', windows }, 'quietHours { timezone }')
  await tell(world, [noticeFor(one.userId, { type: 'registration.confirmed', title: 'You have a seat' })])
  return one
}

/** Somebody who has put off what they were told. */
async function snoozing(): Promise<Addressed> {
  const one = await addressed(world)
  await tell(world, [noticeFor(one.userId)])
  const ids = (await inboxOf(world, one)).map(({ id }) => id)
  await one.mutate('snoozeNotifications', { ids, wakeAt: later(hour) }, 'changedCount')
  return one
}

/** An event with a seat that is offered for two hours, somebody who waits behind it, and a reminder in two hours. */
async function event() {
  const organization = world.organization()
  const organizer = organization.as('ORGANIZER')
  const terms = { capacity: 1, offerHours: 2, startsAt: later(10 * hour), endsAt: later(20 * hour) }
  const { id: eventId } = await published(world, organizer, organization, terms)
  const people = [world.person(), world.person(), world.person()]
  const ids: string[] = []
  for (const person of people) {
    const { registration } = await person.mutate<{ registration: { id: string } }>(
      'registerForEvent',
      { eventId },
      'registration { id }',
    )
    ids.push(registration.id)
  }
  await people[0]?.mutate('withdrawRegistration', { id: ids[0] }, 'registration { id }')
  const reminder = { eventId, anchor: 'STARTS_AT', offsetMinutes: -8 * 60, audience: 'STAFF' }
  const answer = await organizer.mutate('addEventReminder', reminder, 'reminder { id }')
  expect(answer.userErrors).toEqual([])
  const rows = () => world.rows(registrations, eq(registrations.eventId, eventId))
  return {
    statuses: async () => (await rows()).sort((a, b) => a.number - b.number).map(({ status }) => status),
    reminders: async () =>
      (await inboxOf(world, organizer)).filter(({ type }) => type === 'event.reminder').length,
  }
}

const looked = async () => {
  const rows = await world.host.database.sql`
    select name from bus.schedule where last_good_at is not null
      and name in ('events.reminders', 'participants.sweep')`
  return rows.length === 2
}

it('what waits for its time outlives the process that began it, and is done once by the next', async () => {
  const first = startProcess(0)
  const [reader, sleeper, snoozer] = [await gathering(), await resting(), await snoozing()]
  const { statuses, reminders } = await event()
  await vi.waitUntil(async () => (await mailStatusOf(reader)).join() === 'DIGESTED,DIGESTED', patience)
  await vi.waitUntil(async () => (await mailStatusOf(sleeper)).join() === 'DEFERRED', patience)
  await vi.waitUntil(looked, patience)
  first.kill('SIGKILL')
  await once(first, 'exit')

  // Whoever was killed has left all of it as it was.
  expect([await digestsOf(reader), await statuses(), await reminders()]).toEqual([
    ['OPEN'],
    ['WITHDRAWN', 'OFFERED', 'WAITLISTED'],
    0,
  ])
  expect((await inboxOf(world, snoozer)).map(({ state }) => state)).toEqual(['SNOOZED'])
  expect([subjectsTo(reader), subjectsTo(sleeper)]).toEqual([[], []])

  // For the database no time has passed, by whose clock schedules take turns.
  await world.host.database.sql`update bus.schedule set next_due_at = now(), leased_until = now()`
  startProcess(4 * hour)
  await vi.waitUntil(async () => (await digestsOf(reader)).join() === 'SENT', patience)
  await vi.waitUntil(() => subjectsTo(reader).length > 0 && subjectsTo(sleeper).length > 0, patience)
  await vi.waitUntil(async () => (await inboxOf(world, snoozer))[0]?.state === 'UNSEEN', patience)
  await vi.waitUntil(async () => (await statuses())[1] === 'EXPIRED', patience)
  await vi.waitUntil(async () => (await reminders()) > 0, patience)
  expect(await statuses()).toEqual(['WITHDRAWN', 'EXPIRED', 'OFFERED'])
  expect([subjectsTo(reader), subjectsTo(sleeper), await reminders()]).toEqual([
    ['Spring Hack has changed, and 1 more'],
    ['You have a seat'],
    1,
  ])
}, 300_000)
