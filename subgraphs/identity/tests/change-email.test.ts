import { createWorld, type World } from '@guildhall/kit/testing/world'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oneTimeTokens, securityEvents, users } from '../tables.ts'
import { type Account, account, freshEmail, login, password, register } from './accounts.ts'
import { mailedToken, mailKinds } from './mailed-token.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const codes = (answer: { userErrors: { code: string; path: string[] }[] }) =>
  answer.userErrors.map(({ code, path }) => `${path.join('.')} ${code}`)
/** Logged in, and so long ago that dangerous operations want a new proof. */
const staleSince = ({ userId, sessionId }: Account) =>
  world.personWith({ kind: 'user', userId, sessionId, platformRoles: [], grants: {} })
const change = ({ person }: Account, email: string, proof = password) =>
  person.mutate('changeEmail', { email, password: proof }, 'isAccepted')
const confirm = (token: string) => world.anonymous.mutate('confirmEmailChange', { token }, 'isChanged')
const emailOf = async (userId: string) => (await world.rows(users, eq(users.id, userId)))[0]?.email

describe('changing the e-mail address', () => {
  it('asks the new address, warns the old one, and changes it with the link', async () => {
    const someone = await account(world)
    const email = freshEmail()
    expect(await change(someone, ` ${email.toUpperCase()}`)).toEqual({ isAccepted: true, userErrors: [] })
    expect(await emailOf(someone.userId)).toBe(someone.email)
    expect(await mailKinds(world, email)).toEqual(['change_email'])
    const token = await mailedToken(world, email, 'change_email')
    expect(await confirm(token)).toEqual({ isChanged: true, userErrors: [] })
    expect(await world.rows(users, eq(users.id, someone.userId))).toMatchObject([
      { email, status: 'ACTIVE', emailVerifiedAt: world.clock.now() },
    ])
    expect((await login(world, email)).userId).toBe(someone.userId)
    expect(await mailKinds(world, someone.email)).toEqual([
      'verify_email',
      'email_change_requested',
      'email_changed',
    ])
    const entries = await world.rows(securityEvents, eq(securityEvents.userId, someone.userId))
    expect(entries.filter(({ kind }) => kind === 'EMAIL_CHANGED')).toHaveLength(1)
    expect(JSON.stringify(entries)).not.toContain('example.org')
    expect(codes(await confirm(token))).toEqual(['input.token TOKEN_USED'])
  })

  it('makes void what was sent to the former address', async () => {
    const someone = await account(world)
    const email = freshEmail()
    await world.anonymous.mutate('requestPasswordReset', { email: someone.email }, 'isAccepted')
    await change(someone, email)
    await confirm(await mailedToken(world, email, 'change_email'))
    const reset = {
      token: await mailedToken(world, someone.email, 'reset_password'),
      newPassword: 'eleven blue herons',
    }
    expect(codes(await world.anonymous.mutate('resetPassword', reset, 'isReset'))).toEqual([
      'input.token TOKEN_USED',
    ])
  })

  it('tells that an address is taken to nobody but who reads its mail', async () => {
    const someone = await account(world)
    const taken = freshEmail()
    await register(world, taken)
    expect(await change(someone, taken)).toEqual({ isAccepted: true, userErrors: [] })
    expect(codes(await confirm(await mailedToken(world, taken, 'change_email')))).toEqual([
      'input.token EMAIL_TAKEN',
    ])
    expect(await emailOf(someone.userId)).toBe(someone.email)
  })

  it('gives an address to one of three who have confirmed it', async () => {
    const email = freshEmail()
    const rivals = await Promise.all([account(world), account(world), account(world)])
    const tokens: string[] = []
    for (const rival of rivals) {
      await change(rival, email)
      tokens.push(await mailedToken(world, email, 'change_email'))
    }
    const answers = await Promise.all(tokens.map(confirm))
    expect(answers.flatMap(codes)).toEqual(['input.token EMAIL_TAKEN', 'input.token EMAIL_TAKEN'])
    expect(await world.rows(users, eq(users.email, email))).toHaveLength(1)
  })

  it('wants a fresh proof, the password, another address, and a minute between mails', async () => {
    const someone = await account(world)
    const email = freshEmail()
    const stale = await staleSince(someone).run(
      'mutation ($input: ChangeEmailInput!) { changeEmail(input: $input) { isAccepted } }',
      { input: { email, password } },
    )
    expect(stale.errors.map(({ code }) => code)).toEqual(['STEP_UP_REQUIRED'])
    expect(codes(await change(someone, email, 'a wrong password'))).toEqual([
      'input.password INVALID_CREDENTIALS',
    ])
    expect(codes(await change(someone, someone.email))).toEqual(['input.email EMAIL_UNCHANGED'])
    expect(codes(await change(someone, 'nonsense'))).toEqual(['input.email INVALID_EMAIL'])
    expect(await mailKinds(world, email)).toEqual([])
    const open = and(eq(oneTimeTokens.userId, someone.userId), eq(oneTimeTokens.purpose, 'CHANGE_EMAIL'))
    expect(await world.rows(oneTimeTokens, open)).toEqual([])
    await change(someone, email)
    await expect(change(someone, freshEmail())).rejects.toThrow('RATE_LIMITED')
    expect(JSON.stringify(await world.rows(oneTimeTokens, open))).not.toContain('example.org')
  })
})
