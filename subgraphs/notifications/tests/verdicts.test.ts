import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Asked, verdictsOf } from '../preferences/verdicts.ts'
import { quietHours } from '../tables.ts'
import { ownContext, times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const night = { weekday: 'MONDAY', startsAt: '22:00', endsAt: '07:00' }
const set = (by: Person, input: object) =>
  by.mutate<{ quietHours: object | null }>(
    'setQuietHours',
    input,
    'quietHours { timezone windows { weekday startsAt endsAt } isCriticalAllowed }',
  )
const asked = (by: Person, more: Partial<Asked> = {}): Asked => ({
  recipientId: by.userId,
  type: 'registration.confirmed',
  channel: 'EMAIL',
  scopeIds: [],
  subjectId: null,
  ...more,
})
const verdicts = (...items: Asked[]) => verdictsOf(ownContext(world), items)

describe('setQuietHours', () => {
  it('keeps hours, shows them to oneself, and forgets them', async () => {
    const [one, other] = [world.person(), world.person()]
    const input = { timezone: 'Europe/Zurich', windows: [night] }
    const hours = { ...input, isCriticalAllowed: true }
    expect(await set(one, input)).toEqual({ quietHours: hours, userErrors: [] })
    const seen = (by: Person) =>
      by.entity(
        'notifications',
        'User',
        one.userId,
        'quietHours { timezone windows { weekday startsAt endsAt } isCriticalAllowed }',
      )
    expect([await seen(one), await seen(other)]).toEqual([{ quietHours: hours }, { quietHours: null }])
    await set(one, { timezone: 'UTC', windows: [] })
    expect(await seen(one)).toEqual({ quietHours: null })
  })

  it('refuses what cannot be kept, all at once', async () => {
    const one = world.person()
    const windows = [night, { ...night, endsAt: '7' }]
    const { userErrors } = await set(one, { timezone: 'Mars/Olympus', windows })
    expect(userErrors.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual([
      'TIMEZONE_INVALID input.timezone',
      'WINDOW_INVALID input.windows.1.endsAt',
    ])
    expect(await world.rows(quietHours, eq(quietHours.id, one.userId))).toEqual([])
  })

  it('is not for anybody who is not logged in', async () => {
    const { errors } = await world.anonymous.run(
      'mutation { setQuietHours(input: { timezone: "UTC", windows: [] }) { userErrors { code } } }',
    )
    expect(errors.map(({ code }) => code)).toEqual(['UNAUTHENTICATED'])
  })
})

describe('verdicts', () => {
  const until = new Date('2030-07-02T05:00:00.000Z')
  const defer = { kind: 'DEFER', until }
  const send = { kind: 'SEND' }

  it('let what comes at a bad time wait, by every way out of the house', async () => {
    const one = world.person()
    await set(one, { timezone: 'Europe/Zurich', windows: [night] })
    world.clock.set(new Date('2030-07-01T22:00:00.000Z'))
    const all = () =>
      verdicts(
        asked(one),
        asked(one, { channel: 'PUSH' }),
        asked(one, { channel: 'IN_APP' }),
        asked(one, { type: 'registration.offered' }),
        asked(world.person()),
      )
    expect(await all()).toEqual([defer, defer, send, send, send])
    await set(one, { timezone: 'Europe/Zurich', windows: [night], isCriticalAllowed: false })
    expect(await all()).toEqual([defer, defer, send, defer, send])
    world.clock.set(until)
    expect(await all()).toEqual([send, send, send, send, send])
  })

  it('drop what is not wanted rather than let it wait', async () => {
    const one = world.person()
    await set(one, { timezone: 'Europe/Zurich', windows: [night] })
    world.clock.set(new Date('2030-07-01T22:00:00.000Z'))
    const input = { category: 'REGISTRATIONS', channel: 'EMAIL', isEnabled: false }
    await one.mutate('setNotificationPreference', input, 'preference { isEnabled }')
    expect(await verdicts(asked(one))).toEqual([{ kind: 'SKIP', reason: 'PREFERENCE' }])
  })

  it('take the same statements for any number', async () => {
    const count = async (items: Asked[]) => (await world.statements(() => verdicts(...items))).length
    const many = times(200, () =>
      asked(world.person(), { subjectId: newId('evt'), scopeIds: [newId('evt'), newId('org')] }),
    )
    expect([await count(many.slice(0, 1)), await count(many), await count([])]).toEqual([4, 4, 0])
  })
})
