import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeCursor } from '../domain/stream-cursor.ts'
import { countsOf, inboxOf, noticeFor, tell, tellTimes, times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const read = (person: Person, input: object) =>
  person.mutate<{ readCount: number; user: { unreadNotificationCount: number } | null }>(
    'markNotificationsRead',
    input,
    'readCount user { unreadNotificationCount }',
  )

describe('markNotificationsRead', () => {
  it('marks the given ones, and marks nothing twice', async () => {
    const person = world.person()
    await tellTimes(world, person, 3)
    const ids = (await inboxOf(world, person)).map((row) => row.id)
    const answer = { user: { unreadNotificationCount: 1 }, userErrors: [] }
    expect(await read(person, { ids: ids.slice(0, 2) })).toEqual({ ...answer, readCount: 2 })
    expect(await read(person, { ids: ids.slice(0, 2) })).toEqual({ ...answer, readCount: 0 })
    expect((await inboxOf(world, person)).map((row) => row.readAt?.getTime())).toEqual([
      world.clock.now().getTime(),
      world.clock.now().getTime(),
      undefined,
    ])
  })

  it('marks up to a cursor, that one included; what came later stays unread', async () => {
    const person = world.person()
    await tellTimes(world, person, 5)
    const rows = await inboxOf(world, person)
    const third = await person.entity<{ cursor: string }>(
      'notifications',
      'Notification',
      rows[2]?.id ?? '',
      'cursor',
    )
    expect(await read(person, { upTo: third?.cursor })).toMatchObject({ readCount: 3 })
    expect(await countsOf(world, person)).toMatchObject({ counter: 2, unreadRows: 2 })
  })

  it('gives the same answer to the same key, and refuses it for another input', async () => {
    const person = world.person()
    await tellTimes(world, person, 2)
    const [first, second] = (await inboxOf(world, person)).map((row) => row.id)
    const input = { ids: [first], idempotencyKey: 'tap' }
    expect((await read(person, input)).readCount).toBe(1)
    expect((await read(person, input)).readCount).toBe(1)
    const other = await read(person, { ids: [second], idempotencyKey: 'tap' })
    expect(other.userErrors.map((error) => error.code)).toEqual(['IDEMPOTENCY_KEY_REUSED'])
  })

  it('refuses what cannot be meant', async () => {
    const person = world.person()
    const codes = async (input: object) =>
      (await read(person, input)).userErrors.map(({ code, path }) => `${code} ${path.join('.')}`)
    expect(await codes({})).toEqual(['INVALID_VALUE input'])
    expect(await codes({ ids: [], upTo: 'x' })).toEqual(['INVALID_VALUE input'])
    expect(await codes({ ids: times(101, () => newId('ntf')) })).toEqual(['INVALID_VALUE input.ids'])
    expect(await codes({ ids: [newId('ntf')] })).toEqual(['NOT_FOUND input.ids.0'])
    expect(await codes({ ids: ['usr_nonsense'] })).toEqual(['NOT_FOUND input.ids.0'])
    const foreign = writeCursor(newId('usr'), { seq: 1, revision: 0 })
    expect(await codes({ upTo: foreign })).toEqual(['CURSOR_INVALID input.upTo'])
    expect(await codes({ upTo: 'nonsense' })).toEqual(['CURSOR_INVALID input.upTo'])
    const ahead = writeCursor(person.userId, { seq: 1, revision: 0 })
    expect(await codes({ upTo: ahead })).toEqual(['CURSOR_EXPIRED input.upTo'])
  })

  it('does not know other people’s notifications', async () => {
    const [person, other] = [world.person(), world.person()]
    await tellTimes(world, other, 1)
    await tellTimes(world, person, 1)
    const ids = [...(await inboxOf(world, person)), ...(await inboxOf(world, other))].map((row) => row.id)
    const { readCount, user, userErrors } = await read(person, { ids })
    expect({ readCount, user }).toEqual({ readCount: 0, user: null })
    expect(userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['input', 'ids', '1'] }])
    expect(await countsOf(world, person)).toMatchObject({ counter: 1, unreadRows: 1 })
    expect(await countsOf(world, other)).toMatchObject({ counter: 1, unreadRows: 1 })
  })

  it('is not for anybody who is not logged in', async () => {
    const { errors } = await world.anonymous.run(
      'mutation { markNotificationsRead(input: { ids: [] }) { readCount } }',
    )
    expect(errors.map((error) => error.code)).toEqual(['UNAUTHENTICATED'])
  })

  it('keeps the count true among rivals who read and write at once', async () => {
    const person = world.person()
    await tellTimes(world, person, 40)
    const ids = (await inboxOf(world, person)).map((row) => row.id)
    const cursor = writeCursor(person.userId, { seq: 30, revision: null })
    const readers = times(10, (index) =>
      read(person, index % 2 === 0 ? { upTo: cursor } : { ids: ids.slice(index, index + 25) }),
    )
    const writers = times(20, () => tell(world, [noticeFor(person.userId)]))
    const answers = await Promise.all(readers)
    await Promise.all(writers)
    const { counter, unreadRows, rows } = await countsOf(world, person)
    expect({ counter, rows }).toEqual({ counter: unreadRows, rows: 60 })
    expect(answers.reduce((sum, answer) => sum + answer.readCount, 0)).toBe(60 - unreadRows)
  })
})
