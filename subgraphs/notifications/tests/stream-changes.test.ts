import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeCursor } from '../domain/stream-cursor.ts'
import { brief, briefStates, itemOf, streamDocument, take } from './stream-reader.ts'
import { inboxOf, noticeFor, tell, tellTimes, times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const day = 86_400_000
const open = (person: Person, variables: object = {}) => person.subscribe(streamDocument, variables)
const upTo = (person: Person, seq: number) => ({ upTo: writeCursor(person.userId, { seq, revision: null }) })
const change = (person: Person, mutation: string, input: object) =>
  person.mutate(mutation, input, mutation === 'markNotificationsRead' ? 'readCount' : 'changedCount')

describe('changes on a notification stream', () => {
  it('are told with all counts, whoever made them', async () => {
    const person = world.person()
    await tellTimes(world, person, 2)
    const ids = (await inboxOf(world, person)).map((row) => row.id)
    const stream = open(person)
    await take(stream, 1)
    const wakeAt = new Date(world.clock.now().getTime() + day).toISOString()
    const after = async (work: () => Promise<unknown>, count: number) => {
      await work()
      const items = await take(stream, count)
      return [...briefStates(items), Object.values(items.at(-1)?.counts ?? {}).join(' ')]
    }
    expect(await after(() => change(person, 'markNotificationsSeen', upTo(person, 2)), 3)).toEqual([
      'UPDATED Number 0 SEEN',
      'UPDATED Number 1 SEEN',
      'COUNTS',
      '0 2 0 0',
    ])
    expect(await after(() => change(person, 'archiveNotifications', { ids: ids.slice(1) }), 2)).toEqual([
      'UPDATED Number 1 ARCHIVED',
      'COUNTS',
      '0 1 1 0',
    ])
    const snooze = () => change(person, 'snoozeNotifications', { ids: ids.slice(0, 1), wakeAt })
    expect(await after(snooze, 2)).toEqual(['UPDATED Number 0 SNOOZED', 'COUNTS', '0 0 1 1'])
    const wake = async () => {
      world.clock.advance(day)
      await world.settle()
    }
    expect(await after(wake, 2)).toEqual(['UPDATED Number 0 UNSEEN', 'COUNTS', '1 1 1 0'])
    await stream.return?.()
  })

  it('are told one by one however many pages they fill, as long as they are within the limit', async () => {
    const person = world.person()
    await tellTimes(world, person, 230)
    const stream = open(person)
    const [opening] = await take(stream, 1)
    await change(person, 'markNotificationsRead', upTo(person, 230))
    const expected = [...times(230, (i) => `UPDATED Number ${i}`), 'COUNTS']
    expect(brief(await take(stream, 231))).toEqual(expected)
    await stream.return?.()
    const within = open(person, { after: opening?.cursor, limitBacklog: 230 })
    expect(brief(await take(within, 231))).toEqual(expected)
    await within.return?.()
    const beyond = open(person, { after: opening?.cursor, limitBacklog: 229 })
    const [gap, counts] = await take(beyond, 2)
    expect([gap, counts]).toMatchObject([{ kind: 'GAP' }, { kind: 'COUNTS', unreadCount: 0 }])
    await beyond.return?.()
    const healed = open(person, { after: gap?.cursor, limitBacklog: 0 })
    expect(brief(await take(healed, 1))).toEqual(['COUNTS'])
    await healed.return?.()
  })

  it('of more than a hundred at once are a GAP to whoever wants no backlog, a few are not', async () => {
    const person = world.person()
    await tellTimes(world, person, 101)
    const stream = open(person, { limitBacklog: 0 })
    await take(stream, 1)
    const [row] = await inboxOf(world, person)
    await change(person, 'markNotificationsRead', { ids: [row?.id] })
    expect(brief(await take(stream, 2))).toEqual(['UPDATED Number 0', 'COUNTS'])
    await change(person, 'archiveNotifications', upTo(person, 101))
    expect(brief(await take(stream, 2))).toEqual(['GAP', 'COUNTS'])
    await stream.return?.()
  })

  it('that come while others are told are told behind them', async () => {
    const person = world.person()
    await tellTimes(world, person, 150)
    const stream = open(person)
    await take(stream, 1)
    await change(person, 'markNotificationsRead', upTo(person, 150))
    // The first page is on its way; what changes now may be on the second or come after it.
    const first = await take(stream, 50)
    await change(person, 'archiveNotifications', upTo(person, 150))
    await tellTimes(world, person, 1)
    const held = new Map(first.map((item) => [item.notification?.id, item.notification?.state]))
    const archived = () => [...held.values()].filter((state) => state === 'ARCHIVED').length
    for (let item = first.at(-1); item?.kind !== 'COUNTS' || archived() < 150; ) {
      item = itemOf((await stream.next()).value)
      if (item.notification) held.set(item.notification.id, item.notification.state)
    }
    expect(held).toEqual(new Map((await inboxOf(world, person)).map((row) => [row.id, row.state])))
    await stream.return?.()
  })
})

describe('what streams cost', () => {
  const reads = (statements: readonly string[]) =>
    statements.filter((sql) => sql.startsWith('select') && !sql.includes('for update'))

  it('two statements for all streams that one commit wakes', async () => {
    const people = times(30, () => world.person())
    const streams = people.map((person) => open(person))
    await Promise.all(streams.map((stream) => take(stream, 1)))
    const causes = people.map(() => newId('prj'))
    const statements = await world.statements(async () => {
      await tell(
        world,
        people.map((person, index) => noticeFor(person.userId, { subjectId: causes[index] ?? null })),
      )
      const items = await Promise.all(streams.map((stream) => take(stream, 1)))
      expect(items.flatMap(brief)).toEqual(times(30, () => 'NEW Your team handed in Solar Kettle'))
    })
    const heads = reads(statements).filter((sql) => sql.includes('from "notifications"."recipient"'))
    const pages = reads(statements).filter((sql) => sql.includes('unnest('))
    expect([heads.length, pages.length]).toEqual([1, 1])
    await Promise.all(streams.map((stream) => stream.return?.()))
  })
})
