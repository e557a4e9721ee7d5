import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessionRevoked } from '../contract.ts'
import { formerPasswords, oneTimeTokens, passwordCredentials, securityEvents, users } from '../tables.ts'
import { account, freshEmail, login, password, principalOf, register } from './accounts.ts'
import { mailedToken, mailKinds } from './mailed-token.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const codes = (answer: { userErrors: { code: string; path: string[] }[] }) =>
  answer.userErrors.map(({ code, path }) => `${path.join('.')} ${code}`)
const tryLogin = async (email: string, attempt: string) => {
  const answer = await world.anonymous.mutate('login', { email, password: attempt }, 'tokens { accessToken }')
  return answer.userErrors[0]?.code ?? 'in'
}
const kindsOf = async (userId: string) =>
  (await world.rows(securityEvents, eq(securityEvents.userId, userId))).map(({ kind }) => kind)
const minutes = (count: number) => world.clock.advance(count * 60_000)
const hashOf = async (userId: string) =>
  (await world.rows(passwordCredentials, eq(passwordCredentials.userId, userId)))[0]?.hash

describe('changePassword', () => {
  const change = (person: Person, currentPassword: string, newPassword: string) =>
    person.mutate<{ endedSessionCount: number | null }>(
      'changePassword',
      { currentPassword, newPassword },
      'endedSessionCount',
    )

  it('replaces the password and ends all other sessions', async () => {
    const email = freshEmail()
    const userId = await register(world, email)
    const [here, there] = [await login(world, email), await login(world, email)]
    const answer = await change(here.person, password, 'eleven blue herons')
    expect(answer).toEqual({ endedSessionCount: 1, userErrors: [] })
    expect(await principalOf(world, here.sessionId)).toMatchObject({ isActive: true })
    expect(await principalOf(world, there.sessionId)).toMatchObject({ isActive: false })
    expect(await tryLogin(email, password)).toBe('INVALID_CREDENTIALS')
    expect(await tryLogin(email, 'eleven blue herons')).toBe('in')
    expect(await kindsOf(userId)).toContain('PASSWORD_CHANGED')
    expect(await mailKinds(world, email)).toContain('password_changed')
    expect((await world.published(sessionRevoked)).filter((told) => told.userId === userId)).toEqual([
      { userId, sessionId: there.sessionId, reason: 'PASSWORD_CHANGED' },
    ])
  })

  it('refuses a wrong present password, counts it, and writes nothing else', async () => {
    const { person, email, userId } = await account(world)
    const before = await hashOf(userId)
    for (let turn = 0; turn < 5; turn++) {
      expect(codes(await change(person, 'a wrong password', 'eleven blue herons'))).toEqual([
        'input.currentPassword INVALID_CREDENTIALS',
      ])
    }
    expect(codes(await change(person, password, 'eleven blue herons'))).toEqual(['input ACCOUNT_LOCKED'])
    expect(await tryLogin(email, password)).toBe('ACCOUNT_LOCKED')
    expect(await hashOf(userId)).toBe(before)
  })

  it('refuses what nobody, and what this person, may choose', async () => {
    const { person, email, userId } = await account(world)
    const before = await hashOf(userId)
    const refused = async (newPassword: string) => codes(await change(person, password, newPassword))
    expect(await refused('too short')).toEqual(['input.newPassword PASSWORD_TOO_SHORT'])
    expect(await refused('Sunshine!12345')).toEqual(['input.newPassword PASSWORD_BREACHED'])
    expect(await refused(`my ${email}`)).toEqual(['input.newPassword PASSWORD_CONTAINS_IDENTITY'])
    expect(await refused(password)).toEqual(['input.newPassword PASSWORD_REUSED'])
    expect(await hashOf(userId)).toBe(before)
  })

  it('lets a password come back after five others, and not before', async () => {
    const { person, userId } = await account(world)
    const birds = ['heron', 'swan', 'crane', 'stork', 'raven'].map((bird) => `eleven blue ${bird}s`)
    let present = password
    for (const bird of birds) {
      expect(codes(await change(person, present, bird))).toEqual([])
      present = bird
    }
    expect(await world.rows(formerPasswords, eq(formerPasswords.userId, userId))).toHaveLength(4)
    expect(codes(await change(person, present, birds[0] ?? ''))).toEqual([
      'input.newPassword PASSWORD_REUSED',
    ])
    expect(codes(await change(person, present, password))).toEqual([])
  })

  it('lets one of four rivals through who know the present password', async () => {
    const { person, userId } = await account(world)
    const answers = await Promise.all(
      ['heron', 'swan', 'crane', 'stork'].map((bird) => change(person, password, `eleven blue ${bird}s`)),
    )
    expect(answers.flatMap(codes)).toEqual(Array(3).fill('input.currentPassword INVALID_CREDENTIALS'))
    expect(await world.rows(formerPasswords, eq(formerPasswords.userId, userId))).toHaveLength(1)
  })
})

describe('requestPasswordReset', () => {
  const request = (email: string) => world.anonymous.mutate('requestPasswordReset', { email }, 'isAccepted')
  const accepted = { isAccepted: true, userErrors: [] }

  it('answers everybody alike and writes to those who have an account, once a minute', async () => {
    const [email, nobody] = [freshEmail(), freshEmail()]
    await register(world, email)
    expect(await Promise.all(Array.from({ length: 10 }, () => request(email.toUpperCase())))).toEqual(
      Array(10).fill(accepted),
    )
    expect(await request(nobody)).toEqual(accepted)
    expect(await mailKinds(world, email)).toEqual(['verify_email', 'reset_password'])
    expect(await mailKinds(world, nobody)).toEqual([])
    minutes(1)
    const first = await mailedToken(world, email, 'reset_password')
    await request(email)
    expect(await mailKinds(world, email)).toEqual(['verify_email', 'reset_password', 'reset_password'])
    const reset = { token: first, newPassword: 'eleven blue herons' }
    expect(codes(await world.anonymous.mutate('resetPassword', reset, 'isReset'))).toEqual([
      'input.token TOKEN_INVALID',
    ])
  })

  it('costs the same statements whether there is an account or not', async () => {
    const email = freshEmail()
    await register(world, email)
    const shape = async (to: string) =>
      (await world.statements(() => request(to)))
        .filter((sent) => /"(throttle|one_time_token|mail)"/.test(sent))
        .map((sent) => sent.split(' ').slice(0, 3).join(' '))
    const known = await shape(email)
    expect(known).toHaveLength(3)
    expect(await shape(freshEmail())).toEqual(known)
    expect(await shape(email)).toEqual(known)
  })

  it('refuses what is no address', async () => {
    expect(codes(await request('nonsense'))).toEqual(['input.email INVALID_EMAIL'])
  })
})

describe('resetPassword', () => {
  const forgotten = async () => {
    const email = freshEmail()
    const userId = await register(world, email)
    const device = await login(world, email)
    await world.anonymous.mutate('requestPasswordReset', { email }, 'isAccepted')
    return { email, userId, device, token: await mailedToken(world, email, 'reset_password') }
  }
  const reset = (token: string, newPassword = 'eleven blue herons') =>
    world.anonymous.mutate<{ isReset: boolean | null }>('resetPassword', { token, newPassword }, 'isReset')

  it('sets a new password, ends every session and verifies the address', async () => {
    const { email, userId, device, token } = await forgotten()
    expect(await reset(token)).toEqual({ isReset: true, userErrors: [] })
    expect(await tryLogin(email, 'eleven blue herons')).toBe('in')
    expect(await principalOf(world, device.sessionId)).toMatchObject({ isActive: false })
    expect(await world.rows(users, eq(users.id, userId))).toMatchObject([
      { status: 'ACTIVE', emailVerifiedAt: world.clock.now() },
    ])
    expect(await kindsOf(userId)).toEqual(expect.arrayContaining(['PASSWORD_RESET', 'EMAIL_VERIFIED']))
    expect(await tryLogin(email, password)).toBe('INVALID_CREDENTIALS')
  })

  it('opens an account again that was locked by wrong guesses from here', async () => {
    const { email, token } = await forgotten()
    for (let turn = 0; turn < 5; turn++) await tryLogin(email, 'a wrong password')
    expect(await tryLogin(email, password)).toBe('ACCOUNT_LOCKED')
    await reset(token)
    expect(await tryLogin(email, 'eleven blue herons')).toBe('in')
  })

  it('lets one of eight win who use a link at the same time', async () => {
    const { userId, token } = await forgotten()
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, rival) => reset(token, `eleven blue herons ${rival}`)),
    )
    expect(answers.filter(({ isReset }) => isReset)).toHaveLength(1)
    expect(answers.flatMap(codes)).toEqual(Array(7).fill('input.token TOKEN_USED'))
    expect(await world.rows(formerPasswords, eq(formerPasswords.userId, userId))).toHaveLength(1)
  })

  it('refuses a link after half an hour, and keeps it for another try when the password is refused', async () => {
    const { userId, token } = await forgotten()
    const before = await hashOf(userId)
    expect(codes(await reset(token, 'password1234'))).toEqual(['input.newPassword PASSWORD_BREACHED'])
    expect(codes(await reset(token, password))).toEqual(['input.newPassword PASSWORD_REUSED'])
    minutes(30)
    expect(codes(await reset(token))).toEqual(['input.token TOKEN_EXPIRED'])
    expect(codes(await reset('nonsense'))).toEqual(['input.token TOKEN_INVALID'])
    expect(await hashOf(userId)).toBe(before)
    expect(
      await world.rows(
        oneTimeTokens,
        and(eq(oneTimeTokens.userId, userId), eq(oneTimeTokens.purpose, 'RESET_PASSWORD')),
      ),
    ).toMatchObject([{ usedAt: null }])
  })
})
