import { uuidOf } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeCursor } from '../domain/stream-cursor.ts'
import { forgetOldNotifications, retentionDays } from '../inbox/retention.ts'
import { allCountsOf, inboxOf, noticeFor, ownContext, tell, tellTimes } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const day = 86_400_000
const inDays = (days: number) => new Date(world.clock.now().getTime() + days * day).toISOString()

const mutations = [
  'markNotificationsSeen',
  'markNotificationsUnread',
  'archiveNotifications',
  'unarchiveNotifications',
  'snoozeNotifications',
  'unsnoozeNotifications',
] as const

const change = (person: Person, mutation: (typeof mutations)[number], input: object) =>
  person.mutate<{ changedCount: number; user: { notificationCounts: object } | null }>(
    mutation,
    mutation === 'snoozeNotifications' ? { wakeAt: inDays(1), ...input } : input,
    'changedCount user { notificationCounts { unseen unread archived snoozed } }',
  )
const read = (person: Person, input: object) => person.mutate('markNotificationsRead', input, 'readCount')

const statesOf = async (person: Person) => (await inboxOf(world, person)).map((row) => row.state)
const idsOf = async (person: Person) => (await inboxOf(world, person)).map((row) => row.id)
const cursor = (person: Person, seq: number, revision: number | null = null) =>
  writeCursor(person.userId, { seq, revision })

describe('the states of an inbox', () => {
  it('are changed one by one and up to a place, with the counts in the answer', async () => {
    const person = world.person()
    await tellTimes(world, person, 4)
    const [first, second, third] = await idsOf(person)
    const counts = async (mutation: (typeof mutations)[number], input: object) => {
      const { changedCount, user } = await change(person, mutation, input)
      return [changedCount, ...Object.values(user?.notificationCounts ?? {})]
    }
    // How many have changed, then unseen, unread, archived and snoozed.
    expect(await counts('markNotificationsSeen', { upTo: cursor(person, 3) })).toEqual([3, 1, 4, 0, 0])
    await read(person, { ids: [first, second] })
    expect(await counts('markNotificationsUnread', { ids: [second, third] })).toEqual([1, 1, 3, 0, 0])
    expect(await counts('archiveNotifications', { ids: [first, third] })).toEqual([2, 1, 2, 2, 0])
    expect(await counts('snoozeNotifications', { ids: [second, third] })).toEqual([1, 1, 1, 2, 1])
    expect(await statesOf(person)).toEqual(['ARCHIVED', 'SNOOZED', 'ARCHIVED', 'UNSEEN'])
    expect(await counts('unarchiveNotifications', { upTo: cursor(person, 4) })).toEqual([2, 1, 2, 0, 1])
    expect(await counts('unsnoozeNotifications', { ids: [second] })).toEqual([1, 2, 3, 0, 0])
    expect(await statesOf(person)).toEqual(['READ', 'UNSEEN', 'SEEN', 'UNSEEN'])
    expect((await allCountsOf(world, person)).counters).toEqual((await allCountsOf(world, person)).table)
  })

  it.each(mutations)(
    '%s answers the same to the same key, and knows no notifications of others',
    async (name) => {
      const [person, other] = [world.person(), world.person()]
      await tellTimes(world, person, 1)
      await tellTimes(world, other, 1)
      const [[own], [foreign]] = [await idsOf(person), await idsOf(other)]
      const input = { ids: [own], idempotencyKey: 'tap', wakeAt: inDays(2) }
      const { wakeAt, ...plain } = input
      const given = name === 'snoozeNotifications' ? { ...plain, wakeAt } : plain
      expect(await change(person, name, given)).toEqual(await change(person, name, given))
      const { userErrors, changedCount, user } = await change(person, name, { ids: [own, foreign] })
      expect({ changedCount, user }).toEqual({ changedCount: 0, user: null })
      expect(userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['input', 'ids', '1'] }])
      expect(await statesOf(other)).toEqual(['UNSEEN'])
    },
  )

  it.each(mutations)('%s refuses what cannot be meant, and whoever is not logged in', async (name) => {
    const person = world.person()
    const codes = async (input: object) =>
      (await change(person, name, input)).userErrors.map(({ code, path }) => `${code} ${path.join('.')}`)
    expect(await codes({})).toEqual(['INVALID_VALUE input'])
    expect(await codes({ upTo: cursor(world.person(), 0) })).toEqual(['CURSOR_INVALID input.upTo'])
    expect(await codes({ upTo: cursor(person, 1) })).toEqual(['CURSOR_EXPIRED input.upTo'])
    const wakeAt = name === 'snoozeNotifications' ? `, wakeAt: "${inDays(1)}"` : ''
    const { errors } = await world.anonymous.run(
      `mutation { ${name}(input: { ids: []${wakeAt} }) { changedCount } }`,
    )
    expect(errors.map((error) => error.code)).toEqual(['UNAUTHENTICATED'])
  })

  it('leave alone what came or changed after the cursor was given', async () => {
    const person = world.person()
    await tellTimes(world, person, 3)
    const [first] = await idsOf(person)
    await read(person, { ids: [first] })
    const seen = cursor(person, 2, 1)
    await change(person, 'markNotificationsUnread', { ids: [first] })
    expect(await change(person, 'archiveNotifications', { upTo: seen })).toMatchObject({ changedCount: 1 })
    expect(await statesOf(person)).toEqual(['SEEN', 'ARCHIVED', 'UNSEEN'])
  })

  it('cannot be put off to the past, nor for ever', async () => {
    const person = world.person()
    const codes = async (wakeAt: string) =>
      (await change(person, 'snoozeNotifications', { ids: [], wakeAt })).userErrors.map(
        ({ code, path }) => `${code} ${path.join('.')}`,
      )
    expect(await codes(inDays(0))).toEqual(['SNOOZE_IN_PAST input.wakeAt'])
    expect(await codes(inDays(366))).toEqual(['SNOOZE_TOO_LONG input.wakeAt'])
  })
})

describe('the clock of inboxes', () => {
  it('wakes what was put off when its time has come, and not before', async () => {
    const person = world.person()
    await tellTimes(world, person, 2)
    const [first, second] = await idsOf(person)
    await read(person, { ids: [first] })
    await change(person, 'snoozeNotifications', { ids: [first], wakeAt: inDays(1) })
    await change(person, 'snoozeNotifications', { ids: [second], wakeAt: inDays(2) })
    world.clock.advance(day - 1)
    await world.settle()
    expect(await statesOf(person)).toEqual(['SNOOZED', 'SNOOZED'])
    world.clock.advance(1)
    await world.settle()
    expect(await statesOf(person)).toEqual(['UNSEEN', 'SNOOZED'])
    const [woken] = await inboxOf(world, person)
    expect(woken?.wokenAt).toEqual(world.clock.now())
    expect((await allCountsOf(world, person)).counters).toEqual({
      unseen: 1,
      unread: 1,
      archived: 0,
      snoozed: 1,
    })
  })

  it('archives what has expired, which then stays there', async () => {
    const person = world.person()
    await tell(world, [noticeFor(person.userId, { expiresAt: new Date(inDays(1)) })])
    await tell(world, [noticeFor(person.userId)])
    await change(person, 'snoozeNotifications', { upTo: cursor(person, 1), wakeAt: inDays(3) })
    world.clock.advance(day)
    await world.settle()
    expect(await statesOf(person)).toEqual(['ARCHIVED', 'UNSEEN'])
    const { changedCount } = await change(person, 'unarchiveNotifications', { upTo: cursor(person, 2) })
    expect(changedCount).toBe(0)
    expect((await allCountsOf(world, person)).counters).toEqual((await allCountsOf(world, person)).table)
  })

  it('keeps what is put off beyond the usual time, and a while after it has come back', async () => {
    const person = world.person()
    await tellTimes(world, person, 2)
    const [first] = await idsOf(person)
    await change(person, 'snoozeNotifications', { ids: [first], wakeAt: inDays(retentionDays + 5) })
    world.clock.advance((retentionDays + 1) * day)
    await forgetOldNotifications(ownContext(world))
    expect(await statesOf(person)).toEqual(['SNOOZED'])
    world.clock.advance(4 * day)
    await world.settle()
    await forgetOldNotifications(ownContext(world))
    expect(await statesOf(person)).toEqual(['UNSEEN'])
    world.clock.advance(31 * day)
    await forgetOldNotifications(ownContext(world))
    expect(await allCountsOf(world, person)).toMatchObject({
      counters: { unseen: 0, unread: 0, archived: 0, snoozed: 0 },
      table: { unseen: 0, unread: 0, archived: 0, snoozed: 0 },
    })
  })

  it('passes by inboxes that somebody else holds', async () => {
    const [held, free] = [world.person(), world.person()]
    for (const person of [held, free]) {
      await tellTimes(world, person, 1)
      await change(person, 'snoozeNotifications', { upTo: cursor(person, 1) })
    }
    const work = world.host.subgraphs.notifications?.definition.work.find(({ name }) => name === 'inboxClock')
    await world.host.database.sql.begin(async (tx) => {
      await tx`select from notifications.recipient where id = ${uuidOf('usr', held.userId)} for update`
      world.clock.advance(day)
      await work?.step(ownContext(world), undefined as never)
      expect([await statesOf(held), await statesOf(free)]).toEqual([['SNOOZED'], ['UNSEEN']])
    })
    await world.settle()
    expect(await statesOf(held)).toEqual(['UNSEEN'])
  })
})
