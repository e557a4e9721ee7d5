import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeCursor } from '../domain/stream-cursor.ts'
import { openNotificationStream } from '../inbox/notification-stream.ts'
import { forgetOldNotifications, retentionDays } from '../inbox/retention.ts'
import type { Ctx } from '../loaders.ts'
import { recipients } from '../tables.ts'
import { brief, itemOf, streamDocument, take } from './stream-reader.ts'
import { contextOf, inboxOf, noticeFor, ownContext, tell, tellTimes, times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const open = (person: Person, variables: object = {}) => person.subscribe(streamDocument, variables)
const atSeq = (person: Person, seq: number) => writeCursor(person.userId, { seq, revision: null })

/** A context that counts who listens, and whose signals can be silenced. */
async function listened(person: Person, silent = false) {
  const ctx = await contextOf(world, person)
  const state = { listeners: 0 }
  const signals: Ctx['signals'] = {
    ...ctx.signals,
    listen: (channel, listener) => {
      state.listeners += 1
      const stop = ctx.signals.listen(channel, silent ? () => {} : listener)
      return () => {
        state.listeners -= 1
        stop()
      }
    },
  }
  return { ctx: { ...ctx, signals }, state }
}

const args = { after: null, limitBacklog: 500 }

describe('notificationStream', () => {
  it('starts at now without a cursor, and then tells what comes', async () => {
    const [person, other] = [world.person(), world.person()]
    await tellTimes(world, person, 2)
    const stream = open(person)
    expect(await take(stream, 1)).toMatchObject([{ kind: 'COUNTS', unreadCount: 2 }])
    await tell(world, [noticeFor(other.userId)])
    await tellTimes(world, person, 2)
    expect(brief(await take(stream, 2))).toEqual(['NEW Number 0', 'NEW Number 1'])
    await stream.return?.()
  })

  it('replays what lies behind the cursor of an item or a notification', async () => {
    const person = world.person()
    await tellTimes(world, person, 250)
    const second = (await inboxOf(world, person))[1]
    const entity = await person.entity<{ cursor: string }>(
      'notifications',
      'Notification',
      second?.id ?? '',
      'cursor',
    )
    const stream = open(person, { after: entity?.cursor })
    const items = await take(stream, 249)
    expect(brief(items)).toEqual([...times(248, (i) => `NEW Number ${i + 2}`), 'COUNTS'])
    await stream.return?.()
    const again = open(person, { after: items[200]?.cursor })
    expect(brief(await take(again, 1))).toEqual(['NEW Number 203'])
    await again.return?.()
  })

  it.each([
    ['somebody else’s', () => writeCursor(newId('usr'), { seq: 0, revision: 0 })],
    ['from elsewhere', () => Buffer.from('["User.notifications:seq DESC",3]').toString('base64url')],
    ['nonsense', () => 'nonsense'],
    ['empty', () => ''],
  ])('refuses a cursor that is %s', async (_, cursor) => {
    const { value } = await open(world.person(), { after: cursor() }).next()
    expect(value.errors.map((error: { extensions: object }) => error.extensions)).toMatchObject([
      { code: 'BAD_USER_INPUT' },
    ])
  })

  it('refuses a backlog limit out of range, and whoever is not logged in', async () => {
    const codeOf = async (person: Person, variables: object) =>
      (await open(person, variables).next()).value.errors[0].extensions.code
    expect(await codeOf(world.person(), { limitBacklog: -1 })).toBe('BAD_USER_INPUT')
    expect(await codeOf(world.person(), { limitBacklog: 10_001 })).toBe('BAD_USER_INPUT')
    expect(await codeOf(world.anonymous, {})).toBe('UNAUTHENTICATED')
  })

  it('says GAP and goes on live when there is more than the limit, and only then', async () => {
    const person = world.person()
    await tellTimes(world, person, 6)
    const within = open(person, { after: atSeq(person, 1), limitBacklog: 5 })
    expect((await take(within, 6)).map((item) => item.kind)).toEqual([...times(5, () => 'NEW'), 'COUNTS'])
    await within.return?.()
    const beyond = open(person, { after: atSeq(person, 0), limitBacklog: 5 })
    expect(brief(await take(beyond, 2))).toEqual(['GAP', 'COUNTS'])
    await tell(world, [noticeFor(person.userId, { title: 'Fresh' })])
    expect(brief(await take(beyond, 1))).toEqual(['NEW Fresh'])
    await beyond.return?.()
  })

  it('says GAP for a cursor that lies ahead of the inbox, and for one older than what is kept', async () => {
    const person = world.person()
    await tellTimes(world, person, 2)
    const ahead = open(person, { after: atSeq(person, 9) })
    expect(brief(await take(ahead, 2))).toEqual(['GAP', 'COUNTS'])
    await ahead.return?.()
    world.clock.advance(retentionDays * 24 * 3_600_000 + 1)
    await tellTimes(world, person, 1)
    await forgetOldNotifications(ownContext(world))
    const old = open(person, { after: atSeq(person, 1) })
    expect(brief(await take(old, 2))).toEqual(['GAP', 'COUNTS'])
    await old.return?.()
    const kept = open(person, { after: atSeq(person, 2) })
    expect(brief(await take(kept, 2))).toEqual(['NEW Number 0', 'COUNTS'])
    await kept.return?.()
  })

  it('tells of reading, also to those who were away meanwhile', async () => {
    const person = world.person()
    await tellTimes(world, person, 3)
    const ids = (await inboxOf(world, person)).map((row) => row.id)
    const stream = open(person)
    const [opening] = await take(stream, 1)
    await person.mutate('markNotificationsRead', { ids: ids.slice(0, 2) }, 'readCount')
    const items = await take(stream, 3)
    expect(brief(items)).toEqual(['UPDATED Number 0', 'UPDATED Number 1', 'COUNTS'])
    expect(items.map((item) => item.unreadCount)).toEqual([1, 1, 1])
    expect(items[0]?.notification?.readAt).toBe(world.clock.now().toISOString())
    await stream.return?.()
    const later = open(person, { after: opening?.cursor })
    expect(brief(await take(later, 3))).toEqual(['UPDATED Number 0', 'UPDATED Number 1', 'COUNTS'])
    await later.return?.()
  })

  it('shows a person’s own inbox and no other, however many subscribe', async () => {
    const people = times(20, () => world.person())
    const streams = people.map((person) => open(person))
    await Promise.all(streams.map((stream) => take(stream, 1)))
    await tell(
      world,
      people.map((person) => noticeFor(person.userId, { title: person.userId })),
    )
    for (const [index, stream] of streams.entries()) {
      expect(brief(await take(stream, 1))).toEqual([`NEW ${people[index]?.userId}`])
      await stream.return?.()
    }
  })

  it('beats while nothing happens', async () => {
    const { ctx } = await listened(world.person())
    const stream = await openNotificationStream(ctx, args, { heartbeatMs: 20, pollMs: 60_000 })
    const kinds = [await stream.next(), await stream.next(), await stream.next()].map(
      ({ value }) => value.kind,
    )
    expect(kinds).toEqual(['COUNTS', 'HEARTBEAT', 'HEARTBEAT'])
    await stream.return?.()
  })

  it('finds what came although every signal was lost', async () => {
    const person = world.person()
    const { ctx } = await listened(person, true)
    const stream = await openNotificationStream(ctx, args, { heartbeatMs: 60_000, pollMs: 20 })
    await stream.next()
    await tellTimes(world, person, 1)
    expect((await stream.next()).value).toMatchObject({ kind: 'NEW', notification: { title: 'Number 0' } })
    await stream.return?.()
  })

  it('survives a moment without the database', async () => {
    const person = world.person()
    const { ctx } = await listened(person)
    let isAway = false
    const db = new Proxy(ctx.db, {
      get: (target, name) => {
        if (isAway && name === 'select') throw new Error('connection lost')
        return Reflect.get(target, name) as unknown
      },
    })
    const stream = await openNotificationStream({ ...ctx, db }, args, { heartbeatMs: 60_000, pollMs: 20 })
    await stream.next()
    isAway = true
    await tellTimes(world, person, 2)
    isAway = false
    expect([(await stream.next()).value.kind, (await stream.next()).value.kind]).toEqual(['NEW', 'NEW'])
    await stream.return?.()
  })

  it('ends at once while it waits, and leaves no listener', async () => {
    const { ctx, state } = await listened(world.person())
    const stream = await openNotificationStream(ctx, args)
    await stream.next()
    expect(state.listeners).toBe(1)
    const pending = stream.next()
    await stream.return?.()
    expect(await pending).toEqual({ done: true, value: undefined })
    expect(state.listeners).toBe(0)
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it('reads no further for a reader who does not take what is there, and loses nothing for it', async () => {
    const person = world.person()
    const stream = open(person, { limitBacklog: 10_000 })
    await take(stream, 1)
    await world.host.database.db.insert(recipients).values({ id: person.userId }).onConflictDoNothing()
    await Promise.all(times(4, () => tellTimes(world, person, 100)))
    const before = (await world.rows(recipients, eq(recipients.id, person.userId)))[0]?.seq
    expect(before).toBe(400)
    const reads = await world.statements(() => tellTimes(world, person, 20))
    expect(reads.filter((sql) => sql.includes('"seq" > '))).toEqual([])
    const items = await take(stream, 420)
    expect(items.map((item) => item.notification?.id)).toEqual(
      (await inboxOf(world, person)).map((row) => row.id),
    )
    await stream.return?.()
  })
})

it('gives each reader items of its own', async () => {
  const person = world.person()
  const streams = [open(person), open(person)]
  await Promise.all(streams.map((stream) => take(stream, 1)))
  await tellTimes(world, person, 1)
  const [one, two] = await Promise.all(streams.map(async (stream) => (await stream.next()).value))
  expect(itemOf(one)).toEqual(itemOf(two))
  expect(one.data).not.toBe(two.data)
  await Promise.all(streams.map((stream) => stream.return?.()))
})
