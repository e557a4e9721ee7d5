import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { preferences } from '../tables.ts'
import { countsOf, noticeFor, tell, times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const set = (person: Person, input: object) =>
  person.mutate<{ preference: object | null }>(
    'setNotificationPreference',
    { channel: 'IN_APP', ...input },
    'preference { category channel isEnabled isLocked }',
  )

const chosen = (person: Person) => world.rows(preferences, eq(preferences.userId, person.userId))

describe('setNotificationPreference', () => {
  it('takes effect with the next notification, in both directions', async () => {
    const person = world.person()
    expect(await set(person, { category: 'PROJECTS', isEnabled: false })).toEqual({
      preference: { category: 'PROJECTS', channel: 'IN_APP', isEnabled: false, isLocked: false },
      userErrors: [],
    })
    expect(await tell(world, [noticeFor(person.userId)])).toEqual({
      delivered: [],
      suppressed: new Map([[person.userId, 'PREFERENCE']]),
    })
    expect(await countsOf(world, person)).toEqual({ counter: 0, unreadRows: 0, seq: 0, rows: 0 })
    await set(person, { category: 'PROJECTS', isEnabled: true })
    await tell(world, [noticeFor(person.userId)])
    expect(await countsOf(world, person)).toEqual({ counter: 1, unreadRows: 1, seq: 1, rows: 1 })
  })

  it('shows in the matrix of the one who chose, and in nobody else’s', async () => {
    const [person, other] = [world.person(), world.person()]
    await set(person, { category: 'EVENTS', channel: 'EMAIL', isEnabled: true })
    const seen = (viewer: Person) =>
      viewer.entity<{
        notificationPreferences: { category: string; channel: string; isEnabled: boolean }[] | null
      }>('notifications', 'User', person.userId, 'notificationPreferences { category channel isEnabled }')
    const own = (await seen(person))?.notificationPreferences
    expect(own).toHaveLength(18)
    expect(own).toContainEqual({ category: 'EVENTS', channel: 'EMAIL', isEnabled: true })
    expect(await seen(other)).toEqual({ notificationPreferences: null })
  })

  it('refuses to turn off what cannot be left out', async () => {
    const person = world.person()
    expect(await set(person, { category: 'ACCOUNT', isEnabled: false })).toMatchObject({
      preference: null,
      userErrors: [{ code: 'PREFERENCE_LOCKED', path: ['input', 'isEnabled'] }],
    })
    expect(await chosen(person)).toEqual([])
  })

  it('lets critical notifications of a silenced category through', async () => {
    const person = world.person()
    await set(person, { category: 'REGISTRATIONS', isEnabled: false })
    await tell(world, [noticeFor(person.userId, { type: 'registration.confirmed' })])
    await tell(world, [noticeFor(person.userId, { type: 'registration.cancelled' })])
    expect(await countsOf(world, person)).toMatchObject({ counter: 1, rows: 1 })
  })

  it('is not for anybody who is not logged in', async () => {
    const { errors } = await world.anonymous.run(
      'mutation { setNotificationPreference(input: { category: EVENTS, channel: EMAIL, isEnabled: true }) { preference { isEnabled } } }',
    )
    expect(errors.map((error) => error.code)).toEqual(['UNAUTHENTICATED'])
  })

  it('keeps one choice when it is made many times at once', async () => {
    const person = world.person()
    await Promise.all(times(10, (index) => set(person, { category: 'EVENTS', isEnabled: index % 2 === 0 })))
    expect(await chosen(person)).toHaveLength(1)
  })
})
