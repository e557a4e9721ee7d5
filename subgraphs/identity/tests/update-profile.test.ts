import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { userProfileUpdated } from '../contract.ts'
import { users } from '../tables.ts'
import { account } from './accounts.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const selection = 'user { displayName locale timezone version }'

describe('updateProfile', () => {
  it('changes what is given and leaves the rest', async () => {
    const { person, userId } = await account(world)
    expect(
      await person.mutate(
        'updateProfile',
        { displayName: ' Countess ', timezone: 'Europe/London' },
        selection,
      ),
    ).toEqual({
      user: { displayName: 'Countess', locale: 'en', timezone: 'Europe/London', version: 2 },
      userErrors: [],
    })
    expect((await world.published(userProfileUpdated)).at(-1)).toEqual({
      userId,
      displayName: 'Countess',
      locale: 'en',
      timezone: 'Europe/London',
      version: 2,
    })
  })

  it('keeps a telephone number sealed and for the person alone, and a picture for everybody', async () => {
    const { person, userId } = await account(world)
    const more = 'user { phone avatarUrl }'
    const avatarUrl = 'https://pictures.example/ada.png'
    const change = (input: object) => person.mutate('updateProfile', input, more)
    expect(await change({ phone: '+41 (44) 123-45.67', avatarUrl })).toEqual({
      user: { phone: '+41441234567', avatarUrl },
      userErrors: [],
    })
    const [row] = await world.rows(users, eq(users.id, userId))
    expect(row?.phone).toMatch(/^v1\./)
    expect(JSON.stringify(row)).not.toContain('1234567')
    expect(await change({ displayName: 'Countess' })).toMatchObject({ user: { phone: '+41441234567' } })
    expect(await world.person().entity('identity', 'User', userId, 'phone avatarUrl')).toEqual({
      phone: null,
      avatarUrl,
    })
    const { userErrors } = await change({ phone: '044 123 45 67', avatarUrl: 'javascript:alert(1)' })
    expect(userErrors.map(({ code, path }) => `${path.join('.')} ${code}`)).toEqual([
      'input.phone INVALID_PHONE',
      'input.avatarUrl INVALID_URL',
    ])
    expect(await change({ phone: '', avatarUrl: '' })).toMatchObject({
      user: { phone: null, avatarUrl: null },
    })
  })

  it('names everything that is wrong and writes nothing', async () => {
    const { person, userId } = await account(world)
    const before = await world.published(userProfileUpdated)
    const { userErrors } = await person.mutate(
      'updateProfile',
      { displayName: '', locale: '??', timezone: '+02:00' },
      selection,
    )
    expect(userErrors.map(({ code, path }) => `${path.join('.')} ${code}`)).toEqual([
      'input.displayName TOO_SHORT',
      'input.locale INVALID_LOCALE',
      'input.timezone INVALID_TIMEZONE',
    ])
    expect(await world.rows(users, eq(users.id, userId))).toMatchObject([{ displayName: 'Ada', version: 1 }])
    expect(await world.published(userProfileUpdated)).toEqual(before)
  })

  it('lets one of five rivals through who have seen the same version', async () => {
    const { person, userId } = await account(world)
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map((rival) =>
        person.mutate('updateProfile', { displayName: `Rival ${rival}`, expectedVersion: 1 }, selection),
      ),
    )
    expect(answers.map(({ userErrors }) => userErrors[0]?.code ?? 'changed').sort()).toEqual([
      'VERSION_CONFLICT',
      'VERSION_CONFLICT',
      'VERSION_CONFLICT',
      'VERSION_CONFLICT',
      'changed',
    ])
    expect(await world.rows(users, eq(users.id, userId))).toMatchObject([{ version: 2 }])
  })

  it('is denied to those who are not logged in', async () => {
    const before = await world.rows(users)
    const { errors } = await world.anonymous.run(
      'mutation { updateProfile(input: { displayName: "Eve" }) { user { id } } }',
    )
    expect(errors.map((error) => error.code)).toEqual(['UNAUTHENTICATED'])
    expect(await world.rows(users)).toEqual(before)
  })
})
