import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { users } from '../tables.ts'
import { account } from './accounts.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

type Kept = { user: { preferences: { name: string; value: string }[] } | null }
const selection = 'user { preferences { name value } }'

describe('setPreference', () => {
  it('keeps, replaces and removes a setting, for the person alone', async () => {
    const { person, userId } = await account(world)
    const set = (name: string, value: string | null) =>
      person.mutate<Kept>('setPreference', { name, value }, selection)
    await set('theme', '"dark"')
    await set('board.columns', '[1, 2]')
    const { user } = await set('theme', '"light"')
    expect(user?.preferences).toEqual([
      { name: 'board.columns', value: '[1, 2]' },
      { name: 'theme', value: '"light"' },
    ])
    expect(await set('theme', null)).toMatchObject({ user: { preferences: [{ name: 'board.columns' }] } })
    expect(await set('never.there', null)).toMatchObject({ userErrors: [] })
    const seen = await world.person().entity('identity', 'User', userId, 'preferences { name }')
    expect(seen).toEqual({ preferences: null })
  })

  it('refuses names and values that it cannot keep, and writes nothing', async () => {
    const { person, userId } = await account(world)
    const refused = async (name: string, value: string) => {
      const { userErrors } = await person.mutate('setPreference', { name, value }, selection)
      return userErrors.map(({ code, path }) => `${path.join('.')} ${code}`)
    }
    expect(await refused('no spaces', '1')).toEqual(['input.name INVALID_VALUE'])
    expect(await refused('', '1')).toEqual(['input.name INVALID_VALUE'])
    expect(await refused('theme', 'dark')).toEqual(['input.value INVALID_JSON'])
    expect(await refused('theme', '"\ud800"')).toEqual(['input.value INVALID_JSON'])
    expect(await refused('theme', '"\u0000"')).toEqual(['input.value INVALID_JSON'])
    expect(await refused('theme', `"${'é'.repeat(1_024)}"`)).toEqual(['input.value TOO_LONG'])
    expect(await world.rows(users, eq(users.id, userId))).toMatchObject([{ preferences: {} }])
  })

  it('keeps fifty of sixty that come at once, and replaces those it has', async () => {
    const { person, userId } = await account(world)
    const names = Array.from({ length: 60 }, (_, index) => `setting${index}`)
    const answers = await Promise.all(
      names.map((name) => person.mutate<Kept>('setPreference', { name, value: '1' }, selection)),
    )
    expect(answers.flatMap(({ userErrors }) => userErrors.map(({ code }) => code))).toEqual(
      Array(10).fill('TOO_MANY_PREFERENCES'),
    )
    const [user] = await world.rows(users, eq(users.id, userId))
    const [kept = ''] = Object.keys(user?.preferences ?? {})
    expect(Object.keys(user?.preferences ?? {})).toHaveLength(50)
    expect(await person.mutate('setPreference', { name: kept, value: '2' }, selection)).toMatchObject({
      userErrors: [],
    })
  })
})
