import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type TestOrganization, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { published } from '../../events/tests/support.ts'
import { unsubscribeToken } from '../deliveries/unsubscribe-token.ts'
import { declaredNotifications } from '../domain/notification-types.ts'
import { preferences, scopeDefaults } from '../tables.ts'
import { noticeFor, ownContext, tell, times } from './support.ts'

let world: World
let organization: TestOrganization
let [organizer, person]: Person[] = []
let eventId: string
beforeAll(async () => {
  world = await createWorld()
  organization = world.organization()
  organizer = organization.as('ORGANIZER')
  person = organization.as('MEMBER')
  eventId = (await published(world, organizer, organization)).id
})
afterAll(() => world.close())

const people = () => {
  if (!organizer || !person) throw new Error('not begun')
  return { organizer, person }
}

const set = (by: Person, input: object) =>
  by.mutate<{ preference: object | null }>(
    'setNotificationPreference',
    input,
    'preference { category type channel isEnabled isLocked }',
  )
const setDefault = (by: Person, input: object) =>
  by.mutate<{ notificationDefault: object | null }>(
    'setNotificationDefault',
    input,
    'notificationDefault { category type channel isEnabled }',
  )
const codesOf = ({ userErrors }: { userErrors: { code: string; path: string[] }[] }) =>
  userErrors.map(({ code, path }) => `${code} ${path.join('.')}`)
const chosen = (by: Person) => world.rows(preferences, eq(preferences.userId, by.userId))
const suppressed = async (by: Person, more: object = {}) =>
  (await tell(world, [noticeFor(by.userId, { scopeIds: [eventId, organization.id], ...more })])).suppressed
    .size === 1

describe('a choice for one type', () => {
  it('beats that for its category, until it is forgotten', async () => {
    const one = world.person()
    await set(one, { category: 'PROJECTS', channel: 'IN_APP', isEnabled: false })
    expect(await set(one, { type: 'project.submitted', channel: 'IN_APP', isEnabled: true })).toEqual({
      preference: {
        category: 'PROJECTS',
        type: 'project.submitted',
        channel: 'IN_APP',
        isEnabled: true,
        isLocked: false,
      },
      userErrors: [],
    })
    expect([await suppressed(one), await suppressed(one, { type: 'project.withdrawn' })]).toEqual([
      false,
      true,
    ])
    const forgotten = await set(one, { type: 'project.submitted', channel: 'IN_APP' })
    expect(forgotten.preference).toMatchObject({ isEnabled: false })
    expect(await suppressed(one)).toBe(true)
    expect(await chosen(one)).toHaveLength(1)
  })

  it('is one row, however many make it at once', async () => {
    const one = world.person()
    const input = { type: 'project.submitted', channel: 'PUSH', scopeId: eventId }
    await Promise.all(times(10, (index) => set(one, { ...input, isEnabled: index % 2 === 0 })))
    expect(await chosen(one)).toHaveLength(1)
  })
})

describe('a choice for a scope', () => {
  it('holds there alone, and is shown there', async () => {
    const one = world.person()
    await set(one, { category: 'PROJECTS', channel: 'IN_APP', isEnabled: false, scopeId: eventId })
    expect([await suppressed(one), await suppressed(one, { scopeIds: [] })]).toEqual([true, false])
    const shown = async (args: string) => {
      const seen = await one.entity<{ notificationPreferences: Cell[] | null }>(
        'notifications',
        'User',
        one.userId,
        `notificationPreferences${args} { category type channel isEnabled isLocked }`,
      )
      return seen?.notificationPreferences?.filter(
        ({ category, channel }) => category === 'PROJECTS' && channel === 'IN_APP',
      )
    }
    const cell = { category: 'PROJECTS', type: null, channel: 'IN_APP', isLocked: false }
    expect(await shown('')).toEqual([{ ...cell, isEnabled: true }])
    expect(await shown(`(scopeId: "${eventId}")`)).toEqual([{ ...cell, isEnabled: false }])
    expect((await shown('(isDetailed: true)'))?.map(({ type }) => type)).toEqual([
      null,
      ...declaredNotifications
        .filter(({ category, channels }) => category === 'PROJECTS' && channels.IN_APP !== undefined)
        .map(({ key }) => key),
    ])
    expect(await shown(`(scopeId: "${newId('evt')}")`)).toBeUndefined()
  })

  it.each([['evt'], ['org'], ['prj'], ['reg'], ['nonsense']])(
    'is refused for a scope that is not seen, such as %s',
    async (prefix) => {
      const one = world.person()
      const scopeId = prefix === 'nonsense' ? prefix : newId(prefix)
      const input = { category: 'PROJECTS', channel: 'IN_APP', isEnabled: false, scopeId }
      expect(codesOf(await set(one, input))).toEqual(['NOT_FOUND input.scopeId'])
      expect(await chosen(one)).toEqual([])
    },
  )
})

interface Cell {
  category: string
  type: string | null
  channel: string
}

describe('a choice for a channel', () => {
  it('holds for whatever is not chosen more exactly', async () => {
    const one = world.person()
    await set(one, { category: 'EVENTS', channel: 'PUSH', isEnabled: true })
    const { preferences: cells } = await one.mutate<{ preferences: (Cell & { isEnabled: boolean })[] }>(
      'setNotificationChannel',
      { channel: 'PUSH', isEnabled: false },
      'preferences { category channel isEnabled }',
    )
    expect(cells.filter(({ isEnabled }) => isEnabled).map(({ category }) => category)).toEqual([
      'ACCOUNT',
      'EVENTS',
    ])
    const again = await one.mutate('setNotificationChannel', { channel: 'PUSH' }, 'preferences { isEnabled }')
    expect(again).toEqual({ preferences: times(6, () => ({ isEnabled: true })), userErrors: [] })
    expect(await chosen(one)).toHaveLength(1)
  })

  it('is refused for a scope that is not seen', async () => {
    const input = { channel: 'PUSH', isEnabled: false, scopeId: newId('evt') }
    const answer = await world.person().mutate('setNotificationChannel', input, 'preferences { isEnabled }')
    expect(answer).toMatchObject({ preferences: null, userErrors: [{ code: 'NOT_FOUND' }] })
  })
})

describe('what cannot be chosen', () => {
  it.each<[input: object, problem: string]>([
    [{ type: 'kettle.boiled', isEnabled: false }, 'CATEGORY_UNKNOWN input.type'],
    [{ type: 'registration.offered', isEnabled: false }, 'CRITICAL_CANNOT_BE_DISABLED input.isEnabled'],
    [{ type: 'account.welcome', channel: 'EMAIL', isEnabled: true }, 'CHANNEL_NOT_SUPPORTED input.channel'],
    [{ category: 'ACCOUNT', isEnabled: false }, 'PREFERENCE_LOCKED input.isEnabled'],
    [{ isEnabled: false }, 'INVALID_VALUE input.category'],
    [{ category: 'EVENTS', type: 'event.published', isEnabled: false }, 'INVALID_VALUE input.type'],
  ])('%j', async (input, problem) => {
    const one = world.person()
    expect(codesOf(await set(one, { channel: 'IN_APP', ...input }))).toEqual([problem])
    expect(await chosen(one)).toEqual([])
  })
})

describe('defaults of a scope', () => {
  it('hold for those who have chosen nothing, and can be taken back', async () => {
    const { organizer: by, person: member } = people()
    const [one, other] = [world.person(), world.person()]
    await set(other, { category: 'PROJECTS', channel: 'IN_APP', isEnabled: true })
    const input = { scopeId: organization.id, category: 'PROJECTS', channel: 'IN_APP', isEnabled: false }
    expect(codesOf(await setDefault(by, { ...input, scopeId: eventId }))).toEqual([])
    expect([await suppressed(one), await suppressed(other), await suppressed(one, { scopeIds: [] })]).toEqual(
      [true, false, false],
    )
    const { data } = await member.run<{ notificationDefaults: object[] }>(
      `{ notificationDefaults(scopeId: "${eventId}") { scope { id } category type channel isEnabled } }`,
    )
    expect(data.notificationDefaults).toEqual([
      { scope: { id: eventId }, category: 'PROJECTS', type: null, channel: 'IN_APP', isEnabled: false },
    ])
    const back = await setDefault(by, { ...input, scopeId: eventId, isEnabled: null })
    expect(back.notificationDefault).toMatchObject({ isEnabled: null })
    expect(await world.rows(scopeDefaults)).toEqual([])
    expect(await suppressed(one)).toBe(false)
  })

  it('are set by those who manage the organization, and by nobody else', async () => {
    const { person: member } = people()
    const input = `{ scopeId: "${eventId}", type: "project.submitted", channel: IN_APP, isEnabled: false }`
    const mutation = `mutation { setNotificationDefault(input: ${input}) { notificationDefault { isEnabled } userErrors { code } } }`
    const foreign = world.organization().as('ORGANIZER')
    const codes = async (by: Person) => (await by.run(mutation)).errors.map(({ code }) => code)
    expect([await codes(member), await codes(foreign)]).toEqual([['FORBIDDEN'], ['FORBIDDEN']])
    expect(await world.rows(scopeDefaults)).toEqual([])
  })

  it.each<[input: object, problem: string]>([
    [{ type: 'kettle.boiled', isEnabled: false }, 'CATEGORY_UNKNOWN input.type'],
    [{ type: 'account.welcome', channel: 'EMAIL', isEnabled: true }, 'CHANNEL_NOT_SUPPORTED input.channel'],
    [{ category: 'ACCOUNT', isEnabled: false }, 'PREFERENCE_LOCKED input.isEnabled'],
    [{ scopeId: newId('evt'), isEnabled: false }, 'NOT_FOUND input.scopeId'],
  ])('are refused as choices are: %j', async (input, problem) => {
    const { organizer: by } = people()
    const answer = await setDefault(by, { scopeId: eventId, channel: 'IN_APP', ...input })
    expect(codesOf(answer)).toEqual([problem])
  })
})

describe('a link to unsubscribe', () => {
  const unsubscribe = (token: string) =>
    world.anonymous.mutate<{ category: string | null }>('unsubscribe', { token }, 'category')
  const tokenFor = (one: Person) =>
    unsubscribeToken(ownContext(world), { userId: one.userId, category: 'PROJECTS' })

  it('turns mails of its category off for whom it was made', async () => {
    const one = world.person()
    const turnedOff = { category: 'PROJECTS', userErrors: [] }
    expect([await unsubscribe(tokenFor(one)), await unsubscribe(tokenFor(one))]).toEqual([
      turnedOff,
      turnedOff,
    ])
    expect(await chosen(one)).toMatchObject([
      { category: 'PROJECTS', type: null, scopeId: null, channel: 'EMAIL', isEnabled: false },
    ])
  })

  it.each<[how: string, change: (token: string) => string]>([
    ['empty', () => ''],
    ['cut short', (token) => token.slice(0, -1)],
    ['made longer', (token) => `${token}x`],
    ['that of another category', (token) => token.replace('PROJECTS', 'EVENTS')],
    ['that of no category', (token) => token.replace('PROJECTS', 'KETTLES')],
    ['that of somebody else', (token) => token.replace(/^usr_\w+/, newId('usr'))],
  ])('is refused when it is %s', async (_how, change) => {
    const one = world.person()
    const answer = await unsubscribe(change(tokenFor(one)))
    expect([answer.category, codesOf(answer)]).toEqual([null, ['UNSUBSCRIBE_TOKEN_INVALID input.token']])
    expect(await chosen(one)).toEqual([])
  })
})
