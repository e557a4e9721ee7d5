import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registrationRepeated, userRegistered } from '../contract.ts'
import { passwordCredentials, users } from '../tables.ts'
import { freshEmail, login, password, register } from './accounts.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const registerUser = (input: object) => world.anonymous.mutate('registerUser', input, 'isAccepted')

describe('registerUser', () => {
  it('opens an account under the normalised address and tells the house, without the address', async () => {
    const email = freshEmail()
    const payload = await registerUser({ email: ` ${email.toUpperCase()} `, password, displayName: ' Ada ' })
    expect(payload).toEqual({ isAccepted: true, userErrors: [] })
    const [user] = await world.rows(users, eq(users.email, email))
    expect(user).toMatchObject({ displayName: 'Ada', locale: 'en', timezone: 'UTC', platformRoles: [] })
    expect((await world.published(userRegistered)).filter((told) => told.userId === user?.id)).toEqual([
      { userId: user?.id, displayName: 'Ada', locale: 'en', timezone: 'UTC', version: 1 },
    ])
  })

  it('keeps an argon2id hash of the house’s cost and nothing else of the password', async () => {
    const userId = await register(world)
    const [credential] = await world.rows(passwordCredentials, eq(passwordCredentials.userId, userId))
    expect(credential?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  it('names everything that is wrong at once and writes nothing', async () => {
    const before = await counts()
    const { userErrors } = await registerUser({
      email: 'not an address',
      password: 'short',
      displayName: 'x'.repeat(81),
      locale: 'no locale',
      timezone: 'Mars/Olympus',
    })
    expect(userErrors.map(({ code, path }) => `${path.join('.')} ${code}`).sort()).toEqual([
      'input.displayName TOO_LONG',
      'input.email INVALID_EMAIL',
      'input.locale INVALID_LOCALE',
      'input.password PASSWORD_TOO_SHORT',
      'input.timezone INVALID_TIMEZONE',
    ])
    expect(await counts()).toEqual(before)
  })

  it('answers a taken address as it answers a free one, leaves the account alone and tells its owner once an hour', async () => {
    const email = freshEmail()
    const userId = await register(world, email)
    const before = await counts()
    const again = { email, password: 'another long password', displayName: 'Eve' }
    expect(await registerUser(again)).toEqual({ isAccepted: true, userErrors: [] })
    expect(await registerUser(again)).toEqual({ isAccepted: true, userErrors: [] })
    expect(await counts()).toEqual(before)
    expect(await world.published(registrationRepeated)).toEqual([{ userId }])
    await expect(login(world, email)).resolves.toMatchObject({ userId })
  })

  it('gives the same key the same answer and one effect', async () => {
    const email = freshEmail()
    const input = { email, password, displayName: 'Ada', idempotencyKey: 'once' }
    const before = await world.published(registrationRepeated)
    expect(await registerUser(input)).toEqual({ isAccepted: true, userErrors: [] })
    expect(await registerUser(input)).toEqual({ isAccepted: true, userErrors: [] })
    expect(await world.published(registrationRepeated)).toEqual(before)
  })

  it('makes one user of ten who register one address at the same time', async () => {
    const email = freshEmail()
    const input = { email, password, displayName: 'Ada' }
    const answers = await Promise.all(Array.from({ length: 10 }, () => registerUser(input)))
    expect(answers).toEqual(Array(10).fill({ isAccepted: true, userErrors: [] }))
    const found = await world.rows(users, eq(users.email, email))
    expect(found).toHaveLength(1)
    expect(
      (await world.published(userRegistered)).filter((told) => told.userId === found[0]?.id),
    ).toHaveLength(1)
  })
})

const counts = async () => ({
  users: (await world.rows(users)).length,
  credentials: (await world.rows(passwordCredentials)).length,
  registered: (await world.published(userRegistered)).length,
})
